"""How few photos are enough, as a job that the engine drives: a step is one training."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from tfcore.datasets.records import Photo
from tfcore.head_file import through
from tfcore.heads.crossvalidation import fit
from tfcore.heads.material import Material, divided
from tfcore.intervals import student
from tfcore.learning_curve import FILE, LearningCurve, Point
from tfcore.procedure import Preview, Result
from tfcore.procedures.provenance import provenance
from tfcore.procedures.saving import Arrays, pack, unpack
from tfcore.settings.curve import CurveSettings


class CurveProcedure:
    """Teaches heads with more and more photos, several draws of each number.

    The photos of a draw are in its larger ones too. Nothing is held back to choose an epoch by:
    each head is taught for all its epochs, and is then asked about photos that no head ever sees.

    Args:
        settings: How.
        material: The photos.

    Raises:
        UserError: The photos cannot be learned from; the sentence says why.

    Example:
        >>> CurveProcedure(settings, material).step()       # doctest: +SKIP
        {'photos': 2.0, 'accuracy': 0.81}
    """

    def __init__(self, settings: CurveSettings, material: Material) -> None:
        self.settings, self._material = settings, material
        self._classes = material.classes
        sides = divided(material, settings.validation, settings.seed)
        self._asked = material.samples(sides.validation, self._classes)
        self._pool: dict[str, list[Photo]] = defaultdict(list)
        for photo in sides.train:
            self._pool[photo.label].append(photo)
        self._sizes = sizes(max(map(len, self._pool.values())), settings.points)
        self._reached: list[float] = []
        digests = [photo.digest for photo in material.photos]
        self._owner = "\n".join([settings.model_dump_json(), material.space.digest, *digests])

    @property
    def step_number(self) -> int:
        """Trainings done."""
        return len(self._reached)

    @property
    def steps(self) -> int:
        """Trainings to do."""
        return len(self._sizes) * self.settings.seeds

    def step(self) -> dict[str, float]:
        """Teach one head: each draw grows through all sizes' turn, the smallest first."""
        size, draw = divmod(self.step_number, self.settings.seeds)
        photos = self._drawn(self._sizes[size], draw)
        train = self._material.samples(photos, self._classes)
        settings = self.settings.training(self.settings.seed + draw)
        # Judged by what it learns from, so that no photo that is asked chooses its epoch.
        trainer = fit(settings, train, train, len(self._classes))
        said = through(trainer.head(), self._asked.values)
        accuracy = float((said.argmax(axis=1) == self._asked.labels).mean())
        self._reached.append(accuracy)
        return {"photos": float(len(photos)), "accuracy": accuracy}

    def _drawn(self, of_each: int, draw: int) -> Sequence[Photo]:
        """So many photos of each class, the same for all who draw with this number."""

        def place(photo: Photo) -> str:
            key = f"{self.settings.seed} {draw} {photo.digest}"
            return hashlib.sha256(key.encode()).hexdigest()

        return [
            photo
            for _, own in sorted(self._pool.items())
            for photo in sorted(own, key=place)[:of_each]
        ]

    def preview(self) -> Preview | None:
        """There is no picture."""
        return None

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Nothing of it can be steered."""
        del changes
        return {}

    def state(self) -> bytes:
        """What was reached so far: nothing else is needed."""
        return pack(self._arrays(), self._owner)

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned.

        Raises:
            ValueError: The bytes do not belong to this job.
        """
        reached = unpack(state, self._owner, self._arrays())["reached"]
        self._reached = [float(one) for one in reached if np.isfinite(one)]

    def _arrays(self) -> Arrays:
        reached = np.full(self.steps, np.nan)
        reached[: len(self._reached)] = self._reached
        return {"reached": reached}

    def result(self) -> Result:
        """The curve as far as it is known."""
        seeds = self.settings.seeds
        parts = [self._reached[i * seeds : (i + 1) * seeds] for i in range(len(self._sizes))]
        points = [
            _point(size, len(self._drawn(size, 0)), part)
            for size, part in zip(self._sizes, parts, strict=True)
            if part
        ]
        counts = np.bincount(self._asked.labels)
        found = LearningCurve(
            classes=self._classes,
            network=self._material.space.network,
            asked=len(self._asked),
            chance=round(float(counts.max() / counts.sum()), 4),
            points=tuple(points),
        )
        summary = {
            **provenance([]),
            "weights_digest": self._material.space.weights,
            **found.model_dump(mode="json", exclude={"version"}),
            "data": self._material.title,
        }
        return Result(summary=summary, files={FILE: found.to_bytes()} if points else {})


def sizes(most: int, points: int) -> list[int]:
    """Photos of each class: from one to all, each about so many times the one before.

    Example:
        >>> sizes(64, 4), sizes(3, 6)
        ([1, 4, 16, 64], [1, 2, 3])
    """
    return sorted({round(float(one)) for one in np.geomspace(1, most, points)})


def _point(of_each: int, photos: int, reached: Sequence[float]) -> Point:
    low, high = student(reached) if len(reached) > 1 else (None, None)
    return Point(
        photos=photos,
        of_each=of_each,
        accuracies=tuple(round(one, 4) for one in reached),
        mean=round(float(np.mean(reached)), 4),
        ci_low=None if low is None else round(max(0.0, low), 4),
        ci_high=None if high is None else round(min(1.0, high), 4),
    )
