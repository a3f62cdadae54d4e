"""Heads taught to their end at once: cross-validation, and what its folds are made of."""

from __future__ import annotations

import numpy as np

from tfcore.datasets.records import Photo
from tfcore.datasets.splitting import folds
from tfcore.evaluation import Side
from tfcore.head_file import through
from tfcore.heads.calibration import temperature
from tfcore.heads.evaluation import evaluated
from tfcore.heads.layers import tempered
from tfcore.heads.material import Material, divided
from tfcore.heads.trainer import Samples, Trainer
from tfcore.settings import TrainSettings


def fit(settings: TrainSettings, train: Samples, validation: Samples, classes: int) -> Trainer:
    """Teach a head until it is done.

    Example:
        >>> fit(settings, train, validation, 2).best.epoch      # doctest: +SKIP
        38
    """
    trainer = Trainer(settings, train, validation, classes)
    while not trainer.is_done:
        trainer.epoch()
    return trainer


def crossvalidated(settings: TrainSettings, material: Material, k: int = 5) -> Side:
    """Ask every photo once, by a head that has not seen it, and measure all answers together.

    The photos are divided into ``k`` parts by their digests, each class evenly. Each part is asked
    of a head that the others have taught; of these a share decides which epoch is kept, as in a
    run, and tells the temperature.

    Args:
        settings: How heads are taught; its seed also divides.
        material: The photos.
        k: Parts.

    Raises:
        UserError: There are fewer photos than parts, or the others cannot be learned from.

    Example:
        >>> crossvalidated(settings, material).accuracy         # doctest: +SKIP
        0.99
    """
    classes = material.classes
    photos: list[Photo] = []
    logits, labels = [], []
    for part in folds(material.photos, k, seed=settings.seed):
        asked = {photo.digest for photo in part}
        rest = [photo for photo in material.photos if photo.digest not in asked]
        taught = divided(material.of(rest), settings.validation, settings.seed)
        checked = material.samples(taught.validation, classes)
        trainer = fit(settings, material.samples(taught.train, classes), checked, len(classes))
        layers = trainer.head()
        heat = temperature(through(layers, checked.values), checked.labels)
        test = material.samples(part, classes)
        photos += part
        logits.append(through(tempered(layers, heat), test.values))
        labels.append(test.labels)
    return evaluated(np.concatenate(logits), np.concatenate(labels), photos, classes, 1.0)
