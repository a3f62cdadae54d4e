"""A twin that computes in bfloat16: half the bits of float32, with the same range.

TensorFlow has a switch that does this to every graph of a process. A twin whose own layers carry
the type touches nothing but itself, so that a picture may grow in float32 beside it. Convolutions
multiply in bfloat16 and add up in float32, on processors that have instructions for it (Intel,
"BFLOAT16 - Hardware Numerics Definition", 2018).
"""

from __future__ import annotations

import keras

from tfcore.backbones.backbone import Backbone
from tfcore.backbones.building import LOCK
from tfcore.errors import UserError

_EXACT = (
    keras.layers.InputLayer,
    keras.layers.Normalization,
    keras.layers.Rescaling,
    keras.layers.GlobalAveragePooling2D,
)
"""They read pixels or add up many numbers: 8 bits behind the point would be too few."""
_STATISTICS = (keras.layers.BatchNormalization,)
"""They keep float32 numbers, which reach far, and give bfloat16."""


def in_bfloat16(backbone: Backbone) -> Backbone:
    """Make a network's twin whose layers compute in bfloat16; images and answers stay float32.

    Its weights are its own, of half the size. Preprocessing, pooling over all places, and what
    normalizes pixels stay float32.

    Args:
        backbone: The network; its fast twin is the quicker.

    Raises:
        UserError: The network has a layer that cannot be had in bfloat16.

    Example:
        >>> in_bfloat16(cached("efficientnet-lite0")).precision  # doctest: +SKIP
        'bfloat16'
    """
    with LOCK:
        try:
            model = _rebuild(backbone.model)
        except (TypeError, ValueError, NotImplementedError) as error:
            raise UserError(
                f"{backbone.network.title} in bfloat16 ({error})",
                "a network all of whose layers can be had in it",
                "choose float32",
            ) from error
        return Backbone(
            backbone.network,
            model,
            backbone.weights_digest,
            backbone.fold_reason,
            precision="bfloat16",
        )


def _rebuild(model: keras.Model) -> keras.Model:
    copies: list[tuple[keras.layers.Layer, keras.layers.Layer]] = []

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        if not isinstance(layer, keras.layers.Layer):
            return layer  # a bare operation such as x + 3: it takes what comes
        settings = layer.get_config()
        if not isinstance(layer, _EXACT):
            settings["dtype"] = "mixed_bfloat16" if isinstance(layer, _STATISTICS) else "bfloat16"
        twin = type(layer).from_config(settings)
        copies.append((layer, twin))
        return twin

    inputs = keras.Input(batch_shape=model.input.shape, name=model.layers[0].name)
    twin = keras.models.clone_model(model, inputs, clone_function=copy)
    for original, layer in copies:
        layer.set_weights(original.get_weights())
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # Normalization computes with a copy of its weights
    return twin
