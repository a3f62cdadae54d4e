"""Which function builds the networks of a family, without their pretrained weights."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import keras
from keras import applications

from tfcore.backbones import lite
from tfcore.backbones.building import LOCK
from tfcore.catalog import Network
from tfcore.errors import UserError

_VGG = {16: applications.VGG16, 19: applications.VGG19}
_RESNET = {50: applications.ResNet50, 101: applications.ResNet101}
_MOBILENET_V3 = {"small": applications.MobileNetV3Small, "large": applications.MobileNetV3Large}
_EFFICIENTNET = {
    "b0": applications.EfficientNetB0,
    "b1": applications.EfficientNetB1,
    "b2": applications.EfficientNetB2,
    "b3": applications.EfficientNetB3,
}
SMALLEST_SIZE = 32  # five halvings leave one position
_SMALLEST = {"inception-v3": 75}  # its first convolutions have no padding


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
    "resnet-v2": lambda size: _keras(applications.ResNet50V2, size),
    # Without the preprocessing that Keras puts into the model: it is in our graph.
    "mobilenet-v3": lambda size, variant: _keras(
        _MOBILENET_V3[variant], size, include_preprocessing=False
    ),
    # Its normalization cannot be left out: mean and variance come from the weights file.
    "efficientnet": lambda size, variant: _keras(_EFFICIENTNET[variant], size),
    "densenet": lambda size: _keras(applications.DenseNet121, size),
    "inception-v3": lambda size: _keras(applications.InceptionV3, size),
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
    smallest = _SMALLEST.get(network.family, SMALLEST_SIZE)
    if size < smallest:
        raise UserError(f"images of {size} px", f"at least {smallest} px", "take larger ones")
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
        _number_anew(model)
        return model


def _number_anew(model: keras.Model) -> None:
    """Give layers that Keras numbers by itself the names they have in a fresh process.

    Keras counts such layers through a whole process, so that "activation_5" would be another layer
    in the second InceptionV3; a target must mean the same one everywhere.
    """
    unnamed: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for operation in model.operations:
        kind = _snake_case(type(operation).__name__)
        given = re.fullmatch(rf"{kind}(?:_(\d+))?", operation.name)
        if given and not isinstance(operation, keras.layers.InputLayer):
            unnamed[kind].append((int(given[1] or 0), operation))
    for kind, found in unnamed.items():
        for number, (_, operation) in enumerate(sorted(found, key=lambda pair: pair[0])):
            operation.name = f"{kind}_{number}" if number else kind


def _snake_case(name: str) -> str:
    """A class's name as Keras writes it in the names of layers."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
