"""The blocks of a network: what is frozen or trained as one.

A network is cut where one tensor alone leads on, so that what lies before a block can be computed
once, or quickly, while what lies behind learns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

FIRST, LAST = "first convolution", "last convolution"

_NAMES: tuple[tuple[str, str], ...] = (
    (r"block(\d+)[a-z]_", "stage {}"),  # EfficientNet and -Lite
    (r"(block\d+_conv\d+|fc\d+)$", "{}"),  # VGG
    (r"block_(\d+)_", "block {}"),  # MobileNetV2
    (r"expanded_conv_(\d+)_", "block {}"),  # MobileNetV3
    (r"expanded_conv_", "block 0"),  # both
    (r"conv_(?:dw|pw|pad)_(\d+)", "block {}"),  # MobileNet
    (r"(?:conv|pool)([2-9])_", "stage {}"),  # ResNet and DenseNet
    (r"(?:Conv_1|conv_1|top_conv|head_conv)", LAST),
    (r"conv_2$", "layer before the head"),  # MobileNetV3
    (r"(?:stem_|Conv1|conv1|pool1_|conv$)", FIRST),
)
_MIXED = re.compile(r"mixed(\d+)$")


@dataclass(frozen=True)
class Block:
    """Layers that are frozen or trained together.

    Attributes:
        name: As people read it.
        layers: In the order of the graph; bare operations, such as x + 3, among them.
    """

    name: str
    layers: tuple[keras.Operation, ...]

    @property
    def parameters(self) -> int:
        """Numbers that training can change; statistics of batch norm are none."""
        return sum(math.prod(weight.shape) for weight in trainable(self.layers))


def trainable(layers: Sequence[keras.Operation]) -> list[Any]:
    """The weights that training can change: all but the statistics of a normalization."""
    return [
        weight
        for layer in layers
        for weight in getattr(layer, "weights", ())
        if not re.search(r"moving_|(?:^|/)(?:mean|variance|count)$", weight.name)
    ]


def blocks(model: keras.Model, features: Any) -> list[Block]:
    """The blocks between the image and what a head reads, in the order of the graph.

    Args:
        model: A network as ``builders.build`` makes it.
        features: The symbolic tensor that the head reads.

    Example:
        >>> [(b.name, len(b.layers), b.parameters) for b in blocks(vgg16, features)][-1]
        ... # doctest: +SKIP
        ('fc2', 1, 16781312)
    """
    before = keras.Model(model.input, features).operations[1:]
    own = {id(layer) for layer in model.operations}
    layers = [layer for layer in before if id(layer) in own]  # not the head's own pooling
    found: dict[str, list[keras.Operation]] = {}
    name = FIRST
    for layer, told in zip(layers, _told(layers), strict=True):
        name = told or name
        found.setdefault(name, []).append(layer)
    return [Block(name, tuple(group)) for name, group in found.items()]


def _told(layers: Sequence[keras.Operation]) -> list[str | None]:
    """The block that a layer's own name tells; None goes with the layer before it."""
    ends = [place for place, layer in enumerate(layers) if _MIXED.match(layer.name)]
    if not ends:
        return [_name(layer.name) for layer in layers]
    # Inception's layers are numbered through; what is put side by side ends a block.
    pools = [
        place
        for place, layer in enumerate(layers[: ends[0]])
        if isinstance(layer, keras.layers.MaxPooling2D)
    ]
    starts = [pools[-1] + 1, *(end + 1 for end in ends)]
    told: list[str | None] = [None] * len(layers)
    for number, start in enumerate(starts[: len(ends)]):
        told[start] = f"mixed {number}"
    return told


def _name(layer: str) -> str | None:
    for pattern, name in _NAMES:
        if match := re.match(pattern, layer):
            return name.format(*match.groups())
    return None


@dataclass(frozen=True)
class Cut:
    """A network in two parts.

    Attributes:
        lower: From the network's range to the boundary; None where the whole network learns.
        upper: From the boundary to the features; None where nothing of it learns.
        trained: The layers that learn.
    """

    lower: keras.Model | None
    upper: keras.Model | None
    trained: tuple[keras.Operation, ...]


def cut(model: keras.Model, features: Any, count: int) -> Cut:
    """Divide a network so that its last blocks can learn.

    Args:
        model: A network as ``builders.build`` makes it; the parts share its weights.
        features: The symbolic tensor that the head reads.
        count: How many of ``blocks`` are to learn.

    Raises:
        ValueError: More than one tensor crosses the boundary.
    """
    known = blocks(model, features)
    if count <= 0:
        return Cut(keras.Model(model.input, features), None, ())
    if count >= len(known):
        layers = tuple(layer for block in known for layer in block.layers)
        return Cut(None, keras.Model(model.input, features), layers)
    layers = tuple(layer for block in known[-count:] for layer in block.layers)
    frozen = [layer for block in known[:-count] for layer in block.layers]
    boundary = _boundary(keras.Model(model.input, features), frozen)
    return Cut(keras.Model(model.input, boundary), keras.Model(boundary, features), layers)


def _boundary(whole: keras.Model, frozen: Sequence[keras.Operation]) -> Any:
    """The one tensor that leads from what is frozen to what learns."""
    stays = {id(layer) for layer in frozen}
    # Keras has no public way to ask who reads a tensor; see also ``folding``.
    nodes = [node for level in whole._nodes_by_depth.values() for node in level]
    made_by = {id(out): id(node.operation) for node in nodes for out in node.output_tensors}
    crossing = {
        id(tensor): tensor
        for node in nodes
        if id(node.operation) not in stays
        for tensor in node.input_tensors
        if made_by[id(tensor)] in stays
    }
    if len(crossing) != 1:
        raise ValueError(f"{len(crossing)} tensors cross the boundary of a block")
    return next(iter(crossing.values()))
