"""Do other networks recognise what one network dreams of? Fifty classes, one image each.

The classes were drawn with a seed before anything was tuned (``recognised_classes.json``). Each
image is grown by the recipe ``natural`` in 256 steps from seed 0, written as PNG, read back and
judged by its own network and by others, at their own sizes. No class gets a second try.

MobileNetV2 may have guided the tuning, MobileNet 0.75 never did.

    python -m benchmarks recognised
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.wilson import share
from tfcore import catalog, images
from tfcore.backbones.predict import probabilities
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.procedure import Synthesis

CLASSES = Path(__file__).with_name("recognised_classes.json")
JUDGES = ("efficientnet-lite2", "mobilenet-v2-1.0", "mobilenet-0.75")
FOLDER = Path(__file__).parents[1] / "artifacts" / "recognised"
BATCH = 9
SURE = 0.9


def measure(first: int = 50) -> dict[str, Any]:
    """One network alone, and an ensemble of two; pictures go to ``artifacts/recognised``.

    Args:
        first: How many of the classes, from the beginning of the list.
    """
    return {
        name: table(ensemble, FOLDER / name, first)
        for name, ensemble in (("alone", ""), ("ensemble", "efficientnet-lite1"))
    }


def table(ensemble: str, out: Path, first: int) -> dict[str, Any]:
    """Grow and judge.

    Args:
        ensemble: Networks asked beside EfficientNet-Lite0.
        out: Folder for the PNGs and the contact sheet.
        first: How many of the classes, from the beginning of the list.
    """
    classes = [row["index"] for row in json.loads(CLASSES.read_text())["classes"]][:first]
    settings = SynthesizeSettings(ensemble=ensemble)
    pictures: list[Any] = []
    for start in range(0, len(classes), BATCH):
        pictures += _grow(settings, classes[start : start + BATCH])
        print(f"{len(pictures)} of {len(classes)}", flush=True)
    _write(out, classes, pictures)
    judges = [name for name in JUDGES if catalog.is_available(catalog.get(name))]
    own = [
        float(probabilities(settings.network, p)[c]) for p, c in zip(pictures, classes, strict=True)
    ]
    return {
        "networks": list(settings.networks),
        "images": len(classes),
        f"own_at_least_{SURE}": share([p >= SURE for p in own]),
        "own": [round(p, 3) for p in own],
        **{name: _judged(name, pictures, classes) for name in judges},
    }


def _grow(settings: SynthesizeSettings, classes: list[int]) -> list[Any]:
    """One batch: every image sees the same views as it would alone."""
    changes = {"vary": "target", "values": ",".join(map(str, classes))}
    if len(classes) == 1:
        changes = {"target": str(classes[0])}
    run = Synthesis(SynthesizeSettings.model_validate({**settings.model_dump(), **changes}))
    for _ in range(settings.steps):
        run.step()
    image = run.result().image
    saved = images.from_png(images.to_png(image)) if image is not None else None
    return images.pieces(saved, len(classes)) if saved is not None else []


def _judged(network: str, pictures: list[Any], classes: list[int]) -> dict[str, Any]:
    seen = [probabilities(network, picture) for picture in pictures]
    ranks = [int(np.sum(p > p[c])) + 1 for p, c in zip(seen, classes, strict=True)]
    return {
        "top1": share([rank == 1 for rank in ranks]),
        "top5": share([rank <= 5 for rank in ranks]),
        "ranks": ranks,
    }


def _write(folder: Path, classes: list[int], pictures: list[Any]) -> None:
    """The PNGs by class, and a contact sheet: shuffled and without captions."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, picture in zip(classes, pictures, strict=True):
        (folder / f"{index}.png").write_bytes(images.to_png(picture))
    order = list(range(len(pictures)))
    random.Random(0).shuffle(order)  # noqa: S311
    columns = 10
    rows = -(-len(order) // columns)
    side = pictures[0].shape[0]
    sheet = np.full((rows * side, columns * side, 3), 255, np.uint8)
    for place, number in enumerate(order):
        top, left = side * (place // columns), side * (place % columns)
        sheet[top : top + side, left : left + side] = pictures[number]
    (folder / "contact_sheet.jpg").write_bytes(images.to_jpeg(sheet))
    key = [classes[number] for number in order]
    (folder / "contact_sheet_key.json").write_text(json.dumps(key))
