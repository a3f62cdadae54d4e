"""The whole way from a picture's bytes to probabilities, as one model of plain Keras layers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from tfcore import catalog
from tfcore.backbones.building import LOCK
from tfcore.backbones.loading import load
from tfcore.backbones.preprocessing import MODES, Affine
from tfcore.formats import INPUT, OUTPUT

LEVELS = 255.0
"""What the brightest value of a picture is to an exported model."""


def whole(name: str, size: int | None = None) -> keras.Model:
    """A trained network with everything inside that others forget: preprocessing and softmax.

    It is built of the layers as they were trained, not of the lab's fast twin, whose convolutions
    are classes of our own: whoever reads the file needs none of our code.

    Args:
        name: A network of the catalog.
        size: Height and width of what it sees, in pixels; None takes the network's own.

    Returns:
        A frozen model from ``image``, float32 RGB from 0 to 255, ``(batch, size, size, 3)``, to
        ``probabilities``, ``(batch, classes)``.

    Raises:
        UnknownName: There is no such network.
        UserError: Its weights are not those that it was trained on.
    """
    network = catalog.get(name)
    backbone = load(name, size=size, fast=False)
    with LOCK:
        image = keras.Input((backbone.size, backbone.size, 3), name=INPUT)
        logits = backbone.model(_preprocessed(image, MODES[network.preprocessing]))
        model = keras.Model(image, keras.layers.Softmax(name=OUTPUT)(logits), name="network")
    model.trainable = False
    return model


def _preprocessed(image: Any, affine: Affine) -> Any:
    """The network's own range, see ``backbones.preprocessing``, from 0 to 255."""
    scale = np.asarray(affine.scale, np.float64) / LEVELS
    if not affine.swap:
        layer = keras.layers.Rescaling(scale.tolist(), list(affine.offset), name="preprocessing")
        return layer(image)
    # RGB to BGR by a convolution of one pixel: no plain layer turns channels around.
    layer = keras.layers.Conv2D(3, 1, name="preprocessing")
    values = layer(image)
    layer.set_weights([np.diag(scale)[::-1][None, None], np.asarray(affine.offset)])
    return values
