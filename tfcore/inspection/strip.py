"""All that a network hands on to a new head, as one picture: the lesson's strip of features.

Microsoft, "AI for Beginners", Transfer Learning, draws what VGG16 says of a photo before its dense
layers, 7 x 7 x 512 numbers, as a picture of 49 rows and 512 columns: a row is a place, a column is
a channel.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tfcore import images
from tfcore.backbones import structure
from tfcore.backbones.backbone import Backbone
from tfcore.inspection.feature_maps import Activations, Rgb8, view

_TALL = 4
"""Pixels that a row is drawn high: 49 rows beside 1,280 columns would be a line."""


@dataclass(frozen=True)
class Strip:
    """A photo's features.

    Attributes:
        layer: The last layer that still has height and width.
        shape: Its height, width and channels.
        picture: ``uint8``, a row for each place (left to right, then down), a column for each
            channel; 0 is an activation of nothing or less, 255 is the highest of all.
        quiet: Share of its numbers that are 0 or less, 0 to 1.
    """

    layer: str
    shape: tuple[int, int, int]
    picture: images.heat.Levels = field(repr=False)
    quiet: float

    @property
    def drawn(self) -> images.heat.Levels:
        """The picture with rows high enough to be seen."""
        return np.repeat(self.picture, _TALL, axis=0)


def laid_out(activations: Activations) -> Activations:
    """A row for each place, a column for each channel.

    Args:
        activations: ``(height, width, channels)``.

    Returns:
        ``(height * width, channels)``.
    """
    return activations.reshape(-1, activations.shape[-1])


def strip(backbone: Backbone, rgb: Rgb8) -> Strip:
    """Show a photo to a network and draw all that a new head would get to see of it.

    Args:
        backbone: The network.
        rgb: The photo, RGB uint8 of any size; the network sees the centre square.

    Example:
        >>> strip(load("vgg16"), photo).shape  # doctest: +SKIP
        (7, 7, 512)
    """
    layer = structure.last_maps(backbone.model)
    activations = np.asarray(backbone.activations(view(backbone, rgb), layer)[0])
    height, width, channels = activations.shape
    return Strip(
        layer,
        (height, width, channels),
        images.levels(laid_out(activations)),
        float((activations <= 0).mean()),
    )
