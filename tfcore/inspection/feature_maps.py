"""What each channel of a layer says of a photo, the loudest first.

A feature map is one channel's activation at every place (Zeiler and Fergus, "Visualizing and
Understanding Convolutional Networks", ECCV 2014).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import catalog, images
from tfcore.backbones.backbone import Backbone

By = Literal["mean", "highest"]
Rgb8 = npt.NDArray[np.uint8]
Activations = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Channel:
    """One channel of a layer, for one photo.

    Attributes:
        number: Counted from 0, as in a target ``layer:number``.
        mean: Its activation averaged over all places; no unit.
        highest: Its highest activation at any place.
    """

    number: int
    mean: float
    highest: float


@dataclass(frozen=True)
class FeatureMaps:
    """A layer's answer to a photo.

    Attributes:
        channels: Every channel of the layer, the strongest first.
        maps: For the first of them their maps, ``uint8`` ``(height, width)``. Each map has a scale
            of its own: 0 is an activation of nothing or less, 255 is the channel's own highest.
    """

    channels: tuple[Channel, ...]
    maps: tuple[images.heat.Levels, ...] = field(repr=False)


def view(backbone: Backbone, rgb: Rgb8) -> tf.Tensor:
    """The centre square that a network sees, float32 in [0, 1], ``(1, size, size, 3)``.

    Args:
        backbone: The network.
        rgb: RGB uint8, shape ``(height, width, 3)``, any size.
    """
    return tf.constant(images.to_float(images.fit_square(rgb, backbone.size))[None])


def ranked(activations: Activations, by: By = "mean") -> list[Channel]:
    """All channels, the strongest first, ties by number.

    Args:
        activations: Of one photo, ``(height, width, channels)``.
        by: What counts as strong: the mean over all places, or the highest at any one. The mean
            finds what fills the photo; the highest finds a detail.

    Example:
        >>> [one.number for one in ranked(np.array([[[1.0, 3.0, 2.0]]], np.float32))]
        [1, 2, 0]
    """
    mean = activations.mean(axis=(0, 1), dtype=np.float64)
    highest = activations.max(axis=(0, 1))
    order = np.argsort(-(mean if by == "mean" else highest), kind="stable")
    return [Channel(int(n), float(mean[n]), float(highest[n])) for n in order]


def feature_maps(
    backbone: Backbone, layer: str, rgb: Rgb8, *, most: int = 24, by: By = "mean"
) -> FeatureMaps:
    """Show a photo to a network and read one of its layers.

    Args:
        backbone: The network.
        layer: One of ``catalog.layers``.
        rgb: The photo, RGB uint8 of any size; the network sees the centre square.
        most: How many of the strongest channels are drawn.
        by: What counts as strong, see ``ranked``.

    Raises:
        UnknownName: The network has no such layer; the nearest names are offered.

    Example:
        >>> feature_maps(backbone, "stem_relu", photo).maps[0].shape  # doctest: +SKIP
        (112, 112)
    """
    catalog.get_layer(backbone.network.name, layer)
    activations = np.asarray(backbone.activations(view(backbone, rgb), layer)[0])
    channels = ranked(activations, by)
    maps = tuple(images.levels(activations[..., one.number]) for one in channels[:most])
    return FeatureMaps(tuple(channels), maps)
