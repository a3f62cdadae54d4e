"""A data set, a tiny network and a head to be fine-tuned, for tests."""

import dataclasses

import keras
import numpy as np

from tests import pictures
from tests.datasets import making
from tests.trained_making import made
from tfcore import catalog
from tfcore.backbones.backbone import Backbone, weights_digest
from tfcore.backbones.loading import randomize
from tfcore.head_file import Trained
from tfcore.heads.finetuning import FineTuneProcedure
from tfcore.heads.finetuning_sides import Sides, sides_of
from tfcore.heads.material import Material
from tfcore.settings.finetune import FineTuneSettings
from tfcore.store.space import Space

NETWORK, SIZE, DIM = "mobilenet-0.25", 16, 24
HEAD = "0123456789ab"
STILL = {"flip": False, "crop": 0.0, "rotation": 0.0, "colour": 0.0}
WIDTHS = (8, 16, DIM)


def tiny(*_: object, **__: object) -> Backbone:
    """A network of three blocks with batch norm, quickly built: the same one every time."""
    values = inputs = keras.Input((SIZE, SIZE, 3))
    for number, width in enumerate(WIDTHS, 1):
        name = f"block{number}a"
        conv = keras.layers.Conv2D(width, 3, 2, padding="same", use_bias=False, name=f"{name}_conv")
        norm = keras.layers.BatchNormalization(name=f"{name}_bn")
        values = keras.layers.ReLU(name=f"{name}_relu")(norm(conv(values)))
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(values)
    model = keras.Model(inputs, keras.layers.Dense(1000, name="logits")(pooled))
    randomize(model, 1)
    row = dataclasses.replace(catalog.get(NETWORK), feature_dim=DIM, input_size=SIZE)
    return Backbone(row, model, weights_digest(model), None)


DIGEST = tiny().weights_digest


def photo(number: int, colour: tuple[int, int, int], side: int = SIZE) -> bytes:
    """A picture of coarse patches, tinted."""
    grain = making.drawing(number, side, side).astype(int) // 4
    return pictures.encoded((grain + np.array(colour)).clip(0, 255).astype(np.uint8), "PNG")


def folder(root, count=24, side=SIZE):
    """Two classes that colour tells apart."""
    files = {}
    for number in range(count):
        name, colour = (("blue", (0, 0, 150)), ("red", (150, 0, 0)))[number % 2]
        files[f"{name}/{number:03}.png"] = photo(number, colour, side)
    return making.folder(root, files)


def head(classes: tuple[str, ...] = ("blue", "red"), **more: object) -> Trained:
    """A head that knows nothing yet."""
    options = {"network": NETWORK, "digest": DIGEST, "seed": 0, "dim": DIM, "size": SIZE}
    return made(classes, **(options | more))


def material(root, **more: object) -> Material:
    found = making.scanned(root)
    fields = {"network": NETWORK, "weights": DIGEST, "size": SIZE, "dim": DIM}
    space = Space(**(fields | {"preprocessing": "tf"} | more))
    none = np.empty((len(found.photos), 0), np.float32)
    return Material("colours", found.digest, space, found.photos, none)


def sides(root, *, test=None, seed: int = 0, **more: object) -> Sides:
    asked = (material(test), test) if test else None
    return sides_of(material(root, **more), root, validation=0.3, seed=seed, test=asked)


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
