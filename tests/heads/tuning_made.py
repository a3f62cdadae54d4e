"""A data set, a tiny network and a head to be fine-tuned, for tests."""

from functools import cache

import numpy as np

from tests import pictures
from tests.datasets import making
from tests.trained_making import made
from tfcore.backbones.loading import load
from tfcore.head_file import Trained
from tfcore.heads.finetuning import FineTuneProcedure
from tfcore.heads.finetuning_sides import Sides, sides_of
from tfcore.heads.material import Material
from tfcore.settings.finetune import FineTuneSettings
from tfcore.store.space import Space

NETWORK, SIZE, DIM = "mobilenet-0.25", 64, 256
HEAD = "0123456789ab"
STILL = {"flip": False, "crop": 0.0, "rotation": 0.0, "colour": 0.0}


def photo(number: int, colour: tuple[int, int, int], side: int = SIZE) -> bytes:
    """A picture of coarse patches, tinted."""
    grain = making.drawing(number, side, side).astype(int) // 4
    return pictures.encoded((grain + np.array(colour)).clip(0, 255).astype(np.uint8), "PNG")


def folder(root, count=24):
    """Two classes that colour tells apart."""
    files = {}
    for number in range(count):
        name, colour = (("blue", (0, 0, 150)), ("red", (150, 0, 0)))[number % 2]
        files[f"{name}/{number:03}.png"] = photo(number, colour)
    return making.folder(root, files)


@cache
def digest() -> str:
    return load(NETWORK, "untrained", size=SIZE).weights_digest


def head(classes: tuple[str, ...] = ("blue", "red"), **more: object) -> Trained:
    """A head that knows nothing yet."""
    options = {"network": NETWORK, "digest": digest(), "seed": 0, "dim": DIM, "size": SIZE}
    return made(classes, **(options | more))


def material(root) -> Material:
    found = making.scanned(root)
    space = Space(network=NETWORK, weights=digest(), size=SIZE, preprocessing="tf", dim=DIM)
    none = np.empty((len(found.photos), 0), np.float32)
    return Material("colours", found.digest, space, found.photos, none)


def sides(root, *, test=None, seed: int = 0) -> Sides:
    asked = (material(test), test) if test else None
    return sides_of(material(root), root, validation=0.3, seed=seed, test=asked)


def settings(**changes: object) -> FineTuneSettings:
    plain = {"head": HEAD, "steps": 3, "batch_size": 8, "learning_rate": 1e-3, "blocks": 1}
    return FineTuneSettings.model_validate(plain | changes)


def begun(root, *, of: Trained | None = None, **changes: object) -> FineTuneProcedure:
    return FineTuneProcedure(settings(**changes), of or head(), sides(root))


def ended(job: FineTuneProcedure) -> list[dict[str, float]]:
    """Do all that is left to do."""
    rows = []
    while job.step_number < job.steps:
        rows.append(job.step())
    return rows
