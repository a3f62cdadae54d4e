"""Which places of a photo speak for a class: Grad-CAM.

Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization", ICCV 2017, https://arxiv.org/abs/1610.02391.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import catalog, classes
from tfcore.backbones.backbone import Backbone
from tfcore.inspection.feature_maps import Activations, Rgb8, view


@dataclass(frozen=True)
class ClassActivation:
    """Where a network finds what speaks for a class.

    Attributes:
        layer: The layer that was read.
        heat: Evidence at each place of the layer, at least 0, ``(height, width)``; all 0 where
            nothing speaks for the class. In units of the class's score: in a network that ends in
            a mean over places and one dense layer, the places together add their sum to it, less
            what the negative ones take away.
        score: The class's logit.
        probability: The class's probability among all.
    """

    layer: str
    heat: npt.NDArray[np.float32] = field(repr=False)
    score: float
    probability: float


def weighted(activations: Activations, gradients: Activations) -> npt.NDArray[np.float32]:
    """Equations 1 and 2 of the paper: maps, weighted by their mean gradient, where positive.

    Args:
        activations: Of one photo, ``(height, width, channels)``.
        gradients: Of the class's logit with respect to them, of the same shape.

    Returns:
        ``(height, width)``, at least 0.

    Example:
        >>> maps = np.array([[[1.0, 1.0], [3.0, 0.0]]], np.float32)
        >>> slopes = np.broadcast_to(np.array([1.0, -2.0], np.float32), (1, 2, 2))
        >>> weighted(maps, slopes).tolist()
        [[0.0, 3.0]]
    """
    weights = gradients.mean(axis=(0, 1))
    heat: npt.NDArray[np.float32] = np.maximum(activations @ weights, 0)
    return heat


def class_activation(
    backbone: Backbone, rgb: Rgb8, target: int, layer: str = ""
) -> ClassActivation:
    """Ask a network where in a photo it finds a class.

    Args:
        backbone: The network.
        rgb: The photo, RGB uint8 of any size; the network sees the centre square.
        target: Index of the class among the network's own.
        layer: One of ``catalog.layers``; empty takes the last, as the paper does: it knows most
            about classes, and still has places.

    Raises:
        UnknownName: The network has no such layer; the nearest names are offered.
        UserError: There is no such class.

    Example:
        >>> class_activation(backbone, photo, 281).heat.shape  # doctest: +SKIP
        (7, 7)
    """
    classes.of(backbone.network.name).checked(target)
    layer = layer or last_layer(backbone.network.name)
    catalog.get_layer(backbone.network.name, layer)
    images = view(backbone, rgb)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        logits, activations = backbone.logits_and_activations(images, layer)
        score = logits[0, target]
    gradients = tape.gradient(score, activations)
    return ClassActivation(
        layer,
        weighted(np.asarray(activations[0]), np.asarray(gradients[0])),
        float(score),
        float(tf.nn.softmax(logits)[0, target]),
    )


def last_layer(network: str) -> str:
    """The last of a network's layers that has height and width.

    Example:
        >>> last_layer("vgg16")
        'block5_conv3'
    """
    return list(catalog.layers(network))[-1]
