"""The blocks of each network, readable without TensorFlow: what fine-tuning can unfreeze.

Their names and sizes stand in ``catalog_blocks.json``, which ``backbones.describe`` writes from the
networks as built; ``backbones.blocks`` finds them in a graph.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tfcore import catalog, trained

FILE = Path(__file__).with_name("catalog_blocks.json")


@dataclass(frozen=True)
class Block:
    """Layers of a network that are frozen or trained together.

    Attributes:
        name: As people read it.
        layers: How many there are.
        parameters: Numbers that training can change; statistics of batch norm are none.
        targets: How many of ``catalog.layers`` lie up to its end.
        megabytes: What its outputs take for one photo of the network's own size.
    """

    name: str
    layers: int
    parameters: int
    targets: int
    megabytes: float


@cache
def _table() -> Mapping[str, tuple[Block, ...]]:
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: tuple(Block(*one) for one in row) for name, row in rows.items()}


def of(name: str, layer: str = "") -> tuple[Block, ...]:
    """The blocks between the image and what a head reads, the first one first.

    Args:
        name: A name of the catalog; of a network that was trained here, those below its head.
        layer: The layer that a head reads; empty for the pooled features.

    Raises:
        UnknownName: There is no such network or layer.

    Example:
        >>> [block.name for block in of("efficientnet-lite0")][-2:]
        ['stage 7', 'last convolution']
    """
    network = catalog.get(name)
    if network.family == trained.FAMILY:
        return of(trained.about(name).network, layer or trained.about(name).layer)
    known = _table()[network.name]
    if not layer:
        return known
    catalog.get_layer(network.name, layer)
    place = list(catalog.layers(network.name)).index(layer)
    before = [block for block in known if block.targets <= place]
    return known[: len(before) + 1]


def last(name: str, count: int, layer: str = "") -> tuple[Block, ...]:
    """The last so many of them; all where there are fewer.

    Example:
        >>> sum(block.parameters for block in last("efficientnet-lite0", 2))
        1017600
    """
    return of(name, layer)[-count:] if count > 0 else ()
