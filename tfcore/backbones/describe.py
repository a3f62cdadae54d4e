"""Measure every network as built and write the numbers into the catalog's data.

``python -m tfcore.backbones.describe`` does it; two seconds a network.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import keras

from tfcore import blocks as known_blocks
from tfcore import catalog
from tfcore.backbones import builders, structure
from tfcore.backbones.blocks import blocks
from tfcore.backbones.folding import foldable
from tfcore.catalog import Network

_MULTIPLYING = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense)
_UNMEASURED = {"params": 0, "feature_dim": 0, "gflops": 0.0, "activation_mb": 0.0}


def describe(network: Network) -> dict[str, Any]:
    """Build a network and measure it.

    Returns:
        The measured fields of a catalog row; ``layers``: height, width and channels by layer name;
        and ``blocks``, the fields of each ``blocks.Block``.
    """
    # Weights are declared and never drawn: only shapes are looked at.
    with keras.StatelessScope(initialize_variables=False):
        model = builders.build(network)
        gone = [norm.name for norm in foldable(model).values()]
        found = blocks_of(model)
    outputs = [layer.output for layer in model.layers if layer.name not in gone]
    return {
        "params": int(model.count_params()),
        "feature_dim": int(structure.features(model).shape[-1]),
        "gflops": round(2e-9 * sum(_multiply_adds(layer) for layer in model.layers), 2),
        "activation_mb": round(4e-6 * sum(_numbers(output) for output in outputs), 1),
        "layers": structure.target_shapes(model),
        "blocks": found,
    }


def blocks_of(model: keras.Model) -> list[list[Any]]:
    """The fields of each ``blocks.Block`` of a network as built."""
    targets, seen, rows = structure.target_shapes(model), 0, []
    for block in blocks(model, structure.features(model)):
        seen += sum(layer.name in targets for layer in block.layers)
        numbers = sum(_numbers(layer.output) for layer in block.layers)
        rows.append(
            [block.name, len(block.layers), block.parameters, seen, round(4e-6 * numbers, 2)]
        )
    return rows


def _numbers(tensor: Any) -> int:
    """Numbers in a tensor for one image."""
    return math.prod(tensor.shape[1:])


def _multiply_adds(layer: keras.layers.Layer) -> int:
    """Every number of the kernel is used once at every position of the output."""
    if not isinstance(layer, _MULTIPLYING):
        return 0
    return int(math.prod(layer.output.shape[1:-1]) * math.prod(layer.kernel.shape))


def main() -> None:
    """Measure every row and write the files of the catalog anew."""
    rows = json.loads(catalog.NETWORKS_FILE.read_text(encoding="utf-8"))
    cuts: dict[str, list[list[Any]]] = {}
    groups: dict[tuple[str, ...], dict[str, dict[str, list[int]]]] = {}
    for row in rows:
        network = Network(**{**_UNMEASURED, **row, "options": tuple(row["options"].items())})
        measured = describe(network)
        layers, cuts[network.name] = measured.pop("layers"), measured.pop("blocks")
        row.update(measured)
        # Networks of one family differ in channels and sizes alone: the names are written once.
        table = groups.setdefault(tuple(layers), {"channels": {}, "sides": {}})
        table["channels"][network.name] = [shape[-1] for shape in layers.values()]
        table["sides"][network.name] = [shape[0] for shape in layers.values()]
    texts = [
        f" {json.dumps(name)}: [\n  " + ",\n  ".join(map(json.dumps, found)) + "\n ]"
        for name, found in cuts.items()
    ]
    known_blocks.FILE.write_text("{\n" + ",\n".join(texts) + "\n}\n", encoding="utf-8")
    _write(catalog.NETWORKS_FILE, rows)
    _write(catalog.LAYERS_FILE, [{"layers": list(n), **table} for n, table in groups.items()])


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write a list with one field of a row on each line: short, and readable as a difference."""
    texts = []
    for row in rows:
        fields = [f"{json.dumps(key)}: {_field(value)}" for key, value in row.items()]
        texts.append(" {\n  " + ",\n  ".join(fields) + "\n }")
    path.write_text("[\n" + ",\n".join(texts) + "\n]\n", encoding="utf-8")


def _field(value: Any) -> str:
    if isinstance(value, dict) and all(isinstance(item, list) for item in value.values()):
        lines = [f"{json.dumps(key)}: {json.dumps(item)}" for key, item in value.items()]
        return "{\n   " + ",\n   ".join(lines) + "\n  }"
    return json.dumps(value)


if __name__ == "__main__":
    main()
