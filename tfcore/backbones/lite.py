"""EfficientNet-Lite 0, 1 and 2 as functional Keras models.

EfficientNet (Tan and Le 2019, https://arxiv.org/abs/1905.11946) without squeeze-and-excite and
with ReLU6 in place of swish; stem and head keep their widths, and the first and last stage are
never repeated more (https://github.com/tensorflow/tpu, models/official/efficientnet/lite).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from tfcore.errors import UserError

STEM_WIDTH = 32
HEAD_WIDTH = 1280
CLASSES = 1000
BATCH_NORM_EPSILON = 1e-3


@dataclass(frozen=True)
class Stage:
    """Blocks of one width, before scaling; ``stride`` is of the first block alone."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    width: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


def build(size: int, width: float = 1.0, depth: float = 1.0) -> keras.Model:
    """Build an EfficientNet-Lite with weights drawn at random.

    Args:
        size: Height and width of the input in pixels.
        width: Factor on the number of channels of every stage.
        depth: Factor on the number of blocks of every stage but the first and the last.

    Returns:
        A model from ``(batch, size, size, 3)`` in the network's range, see
        ``preprocessing.MODES["lite"]``, to logits ``(batch, 1000)``. Layers are named like
        ``block3b_expand_relu``: stage 3, second block, after the expansion.

    Example:
        >>> build(224).get_layer("head_relu").output.shape  # doctest: +SKIP
        (None, 7, 7, 1280)
    """
    inputs = keras.Input((size, size, 3), name="image")
    x = _convolution(inputs, "stem", STEM_WIDTH, kernel=3, stride=2)
    for number, stage in enumerate(STAGES, 1):
        edge = number in (1, len(STAGES))
        repeats = stage.repeats if edge else math.ceil(stage.repeats * depth)
        for index in range(repeats):
            name = f"block{number}{chr(ord('a') + index)}"
            x = _block(x, name, stage, stage.stride if index == 0 else 1, width)
    x = _convolution(x, "head", HEAD_WIDTH, kernel=1)
    x = keras.layers.GlobalAveragePooling2D(name="pooled")(x)
    return keras.Model(inputs, keras.layers.Dense(CLASSES, name="logits")(x))


def scaled_width(channels: int, width: float) -> int:
    """Scale a number of channels to the nearest multiple of 8, by at most a tenth downwards."""
    scaled = channels * width
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * scaled else rounded


def _block(x: Any, name: str, stage: Stage, stride: int, width: float) -> Any:
    """One inverted residual: expand, convolve each channel alone, project."""
    shortcut, channels = x, x.shape[-1]
    if stage.expansion != 1:
        x = _convolution(x, f"{name}_expand", channels * stage.expansion, kernel=1)
    x = _convolution(x, f"{name}_depthwise", None, kernel=stage.kernel, stride=stride)
    filters = scaled_width(stage.width, width)
    x = _convolution(x, f"{name}_project", filters, kernel=1, activate=False)
    if stride == 1 and filters == channels:
        x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
    return x


def _convolution(
    x: Any, name: str, filters: int | None, *, kernel: int, stride: int = 1, activate: bool = True
) -> Any:
    """Convolution, batch norm and ReLU6; no ``filters`` means a depthwise convolution."""
    options = {"strides": stride, "padding": "same", "use_bias": False, "name": f"{name}_conv"}
    if filters is None:
        x = keras.layers.DepthwiseConv2D(kernel, **options)(x)
    else:
        x = keras.layers.Conv2D(filters, kernel, **options)(x)
    x = keras.layers.BatchNormalization(epsilon=BATCH_NORM_EPSILON, name=f"{name}_bn")(x)
    return keras.layers.ReLU(6.0, name=f"{name}_relu")(x) if activate else x


def assign(model: keras.Model, state: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Put the arrays of a checkpoint into a model made by ``build``.

    Args:
        model: The model; its weights are overwritten.
        state: Arrays by PyTorch's names, as ``checkpoint.read`` gives them.

    Raises:
        UserError: If the checkpoint is of another network.
    """
    try:
        for layer, names in _sources(model):
            arrays = [state[name] for name in names]
            layer.set_weights([_keras_layout(layer, array) for array in arrays])
    except (KeyError, ValueError) as error:
        raise UserError(
            f"a checkpoint that does not fit {model.count_params():,} parameters ({error})",
            "the checkpoint of this very network",
            "install its package again",
        ) from error


def _sources(model: keras.Model) -> list[tuple[keras.layers.Layer, list[str]]]:
    """Pair every layer that has weights with the names of its arrays, in Keras's order."""
    pairs, block = [], -1
    parts = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
    within = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}
    statistics = ("weight", "bias", "running_mean", "running_var")
    seen = ""
    for layer in model.layers:
        if not layer.weights:
            continue
        if layer.name == "logits":
            pairs.append((layer, ["_fc.weight", "_fc.bias"]))
            continue
        *where, kind = layer.name.split("_")
        if where[0].startswith("block"):
            if where[0] != seen:  # PyTorch counts the blocks through, without stages
                seen, block = where[0], block + 1
            prefix = f"_blocks.{block}."
            conv, norm = f"{prefix}_{where[1]}_conv", prefix + within[where[1]]
        else:
            conv, norm = parts[where[0]]
        names = [f"{norm}.{s}" for s in statistics] if kind == "bn" else [f"{conv}.weight"]
        pairs.append((layer, names))
    return pairs


def _keras_layout(layer: keras.layers.Layer, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.ndim == 4:
        order = (2, 3, 0, 1) if isinstance(layer, keras.layers.DepthwiseConv2D) else (2, 3, 1, 0)
        return array.transpose(order)
    return array.T
