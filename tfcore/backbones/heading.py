"""A head that was trained here, put on the network that it was trained on."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from tfcore.backbones import structure
from tfcore.errors import UnknownName
from tfcore.head_file import Trained


def put_on(model: keras.Model, head: Trained) -> keras.Model:
    """The network up to what the head reads, and the head.

    Args:
        model: Functional model from the network's range to its own logits; its weights are shared.
        head: What was trained on it.

    Returns:
        A frozen functional model from the network's range to the logits of the head's classes. Its
        new layers are called ``head_1``, ``head_2`` and so on.

    Raises:
        UnknownName: The network has no such layer as the head reads.
    """
    values = features(model, head.about.layer, head.about.pooling)
    last = len(head.layers)
    for number, dense in enumerate(head.layers, 1):
        layer = keras.layers.Dense(
            dense.bias.size, activation=None if number == last else "relu", name=f"head_{number}"
        )
        values = layer(values)
        layer.set_weights([np.asarray(dense.kernel), np.asarray(dense.bias)])
    whole = keras.Model(model.input, values)
    whole.trainable = False
    return whole


def features(model: keras.Model, layer: str, pooling: str) -> Any:
    """The symbolic tensor that a head reads, ``(batch, dim)``.

    Args:
        model: Functional model from the network's range to its own logits.
        layer: As in ``trained.About``.
        pooling: Likewise.

    Raises:
        UnknownName: The network has no such layer.
    """
    if not layer:
        return structure.features(model)
    names = {known.name: known for known in model.layers}
    if layer not in names:
        raise UnknownName.among("layer", layer, names)
    tensor = names[layer].output
    kind = keras.layers.GlobalAveragePooling2D if pooling == "mean" else keras.layers.Flatten
    return kind()(tensor)
