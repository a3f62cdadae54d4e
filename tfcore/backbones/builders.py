"""Which function builds the networks of a family, without their pretrained weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import applications

from tfcore.backbones import lite
from tfcore.backbones.building import LOCK
from tfcore.catalog import Network
from tfcore.errors import UserError

_VGG = {16: applications.VGG16, 19: applications.VGG19}
_RESNET = {50: applications.ResNet50}
SMALLEST_SIZE = 32  # five halvings leave one position


def _keras(function: Callable[..., keras.Model], size: int, **options: Any) -> keras.Model:
    # Without the softmax: from probabilities the logits cannot be had back near 0 and 1.
    return function(
        weights=None, input_shape=(size, size, 3), classifier_activation=None, **options
    )


FAMILIES: dict[str, Callable[..., keras.Model]] = {
    "efficientnet-lite": lite.build,
    "mobilenet": lambda size, alpha: _keras(applications.MobileNet, size, alpha=alpha),
    "mobilenet-v2": lambda size, alpha: _keras(applications.MobileNetV2, size, alpha=alpha),
    "vgg": lambda size, depth: _keras(_VGG[depth], size),
    "resnet": lambda size, depth: _keras(_RESNET[depth], size),
}


def build(network: Network, size: int | None = None) -> keras.Model:
    """Build a network with the weights that Keras draws for it.

    Args:
        network: A row of the catalog.
        size: Height and width of the input in pixels; None takes the network's own.

    Returns:
        A frozen functional model from the network's range to logits ``(batch, 1000)``.

    Raises:
        UserError: If the network cannot take that size.
    """
    size = network.input_size if size is None else size
    if size < SMALLEST_SIZE:
        raise UserError(f"images of {size} px", f"at least {SMALLEST_SIZE} px", "take larger ones")
    if size != network.input_size and not network.any_size:
        raise UserError(
            f"images of {size} px for {network.title}",
            f"{network.input_size} px, the only size it can take",
            f"leave the size at {network.input_size}",
        )
    with LOCK:
        keras.config.set_image_data_format("channels_last")
        model = FAMILIES[network.family](size, **dict(network.options))
        model.trainable = False
        return model
