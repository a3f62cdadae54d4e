"""Questions to a model about its own graph."""

from __future__ import annotations

from typing import Any

import keras

_ACTIVATIONS = (keras.layers.ReLU, keras.layers.Activation)
_CLASSIFIERS = (keras.layers.Dense, keras.layers.Conv2D)


def classifier(model: keras.Model) -> keras.layers.Layer:
    """The layer that turns features into logits: the last one that multiplies by a matrix."""
    return next(layer for layer in reversed(model.layers) if isinstance(layer, _CLASSIFIERS))


def features(model: keras.Model) -> Any:
    """The symbolic tensor that the classifier reads, as ``(batch, features)``."""
    tensor = classifier(model).input
    if len(tensor.shape) == 4:  # MobileNet classifies with a 1x1 convolution
        tensor = keras.layers.Reshape((tensor.shape[-1],))(tensor)
    return tensor


def target_layers(model: keras.Model) -> dict[str, int]:
    """Channels by name of the layers whose output is an activation with height and width."""
    return {name: shape[-1] for name, shape in target_shapes(model).items()}


def last_maps(model: keras.Model) -> str:
    """Name of the last layer that still has height and width: all that a new head gets to see.

    What Keras gives with ``include_top=False``: in VGG the last pooling, in others an activation.
    """
    return next(
        str(layer.name)
        for layer in reversed(model.layers)
        if len(layer.output.shape) == 4 and not _is_gate(layer)
    )


def target_shapes(model: keras.Model) -> dict[str, tuple[int, int, int]]:
    """Height, width and channels by name of the layers that ``target_layers`` lists.

    The gates of squeeze-and-excite, one number a channel, are none; the blocks of Inception, which
    put activations side by side, are.
    """
    return {
        layer.name: tuple(layer.output.shape[1:])
        for layer in model.layers
        if len(layer.output.shape) == 4
        and (_activates(layer) or _joins_activations(layer))
        and not _is_gate(layer)
    }


def _is_gate(layer: keras.layers.Layer) -> bool:
    """Whether a layer sees one position where the model still has several."""
    return tuple(layer.output.shape[1:3]) == (1, 1)


def _joins_activations(layer: keras.layers.Layer) -> bool:
    if not isinstance(layer, keras.layers.Concatenate):
        return False
    sources = [tensor._keras_history.operation for tensor in layer.input]
    kinds = (keras.layers.MaxPooling2D, keras.layers.Concatenate)
    return all(_activates(source) or isinstance(source, kinds) for source in sources)


def _activates(layer: keras.layers.Layer) -> bool:
    if isinstance(layer, _ACTIVATIONS):
        return True
    own = getattr(layer, "activation", None)
    return own is not None and own is not keras.activations.linear
