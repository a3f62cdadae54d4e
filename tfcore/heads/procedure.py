"""The training of a head as a job that the engine drives: a step is an epoch."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tfcore import trained
from tfcore.datasets.records import Photo
from tfcore.evaluation import FILE as EVALUATION
from tfcore.evaluation import Evaluation
from tfcore.head_file import Trained
from tfcore.heads.calibration import temperature
from tfcore.heads.evaluation import evaluated
from tfcore.heads.layers import tempered
from tfcore.heads.material import Material, Taught, askable, divided
from tfcore.heads.trainer import Samples, Trainer
from tfcore.procedure import Preview, Result
from tfcore.procedures.provenance import provenance
from tfcore.procedures.saving import Arrays, pack, unpack
from tfcore.settings import TrainSettings

_AGREE = 1e-3
"""How far the folded head's logits may be from the trained one's, as a share of the largest."""


@dataclass(frozen=True)
class _Test:
    """Photos that nothing is chosen by."""

    photos: Sequence[Photo]
    samples: Samples
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Cell:
    """One head that is taught."""

    taught: Taught
    validation: Samples
    trainer: Trainer


class TrainProcedure:
    """Teaches a head, or each cell of a what-if run its own, side by side.

    Args:
        settings: How.
        material: What is learned from and checked with.
        test: Another data set in the same space, asked once at the end.
        weights_seed: Seed of the network's random weights; None of pretrained ones.

    Raises:
        UserError: The photos cannot be learned from; the sentence says why.

    Example:
        >>> job = TrainProcedure(settings, material)        # doctest: +SKIP
        >>> job.step()["val_accuracy"]                      # doctest: +SKIP
        0.962
    """

    def __init__(
        self,
        settings: TrainSettings,
        material: Material,
        test: Material | None = None,
        *,
        weights_seed: int | None = None,
    ) -> None:
        self.settings = settings
        self.material, self._weights_seed = material, weights_seed
        self._classes = material.classes
        self._cells = [self._cell(cell) for cell in settings.cells()]
        self._test: _Test | None = None
        if test is not None:
            photos, notes = askable(test, material)
            self._test = _Test(photos, test.samples(photos, self._classes), notes)
        digests = [photo.digest for photo in material.photos]
        labels = [photo.label for photo in material.photos]
        self._owner = "\n".join(
            [settings.model_dump_json(), material.space.digest, *digests, *labels]
        )
        self._number, self._seconds = 0, 0.0

    def _cell(self, settings: TrainSettings) -> _Cell:
        taught = divided(self.material, settings.validation, settings.seed)
        train = self.material.samples(taught.train, self._classes)
        validation = self.material.samples(taught.validation, self._classes)
        return _Cell(taught, validation, Trainer(settings, train, validation, len(self._classes)))

    @property
    def step_number(self) -> int:
        """Epochs done."""
        return self._number

    @property
    def steps(self) -> int:
        """Epochs to do; fewer when no cell has become better for long enough."""
        is_done = all(cell.trainer.is_done for cell in self._cells)
        return self._number if is_done else self.settings.steps

    def step(self) -> dict[str, float]:
        """Do the next epoch of every cell that is not done; of what-if, as ``name@cell``."""
        began = time.perf_counter()
        rows = [
            (index, cell.trainer.epoch())
            for index, cell in enumerate(self._cells)
            if not cell.trainer.is_done
        ]
        self._number += 1
        self._seconds += time.perf_counter() - began
        if not self.settings.vary:
            return rows[0][1]
        alive = [(i, row) for i, row in rows if all(map(np.isfinite, row.values()))]
        # When all have diverged, the figures that are no numbers say so.
        return {f"{name}@{i}": value for i, row in alive or rows for name, value in row.items()}

    def preview(self) -> Preview | None:
        """There is no picture."""
        return None

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Change learning rate, dropout or weight decay from the next epoch on."""
        for cell in self._cells:
            cell.trainer.steer({k: v for k, v in changes.items() if k != self.settings.vary})
        return changes

    def state(self) -> bytes:
        """All weights, what the optimizers remember, and the best epochs."""
        return pack(self._arrays(), self._owner)

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned.

        Raises:
            ValueError: The bytes do not belong to this job.
        """
        arrays = unpack(state, self._owner, self._arrays())
        self._number = int(arrays["number"])
        self._seconds = float(arrays["seconds"])
        for index, cell in enumerate(self._cells):
            prefix = f"{index}/"
            own = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
            cell.trainer.take(own)

    def _arrays(self) -> Arrays:
        found: Arrays = {"number": np.array(self._number), "seconds": np.array(self._seconds)}
        for index, cell in enumerate(self._cells):
            found |= {f"{index}/{name}": a for name, a in cell.trainer.arrays().items()}
        return found

    # -- the end ---------------------------------------------------------------------------------

    def result(self) -> Result:
        """The best epoch's head, folded, calibrated and judged; of what-if, of each cell."""
        known = [
            (index, *self._judged(cell))
            for index, cell in enumerate(self._cells)
            if cell.trainer.best.epoch
        ]
        if not known:
            return Result(summary={"classes": list(self._classes), **self._common()})
        _, head, evaluation, summary = min(known, key=lambda one: one[3]["val_loss"])
        files = {trained.FILE: head.to_bytes(), EVALUATION: evaluation.to_bytes()}
        if self.settings.vary:
            captions = self.settings.captions()
            files |= {f"head-{index}.tlhead": one.to_bytes() for index, one, _, _ in known}
            summary["vary"] = self.settings.vary
            summary["cells"] = [
                {"caption": captions[index], "cell": index, **told} for index, _, _, told in known
            ]
        return Result(summary={**summary, **self._common()}, files=files)

    def salvage(self) -> Result:
        """What a run leaves that has diverged: the best epoch before, if there was any."""
        return self.result()

    def _judged(self, cell: _Cell) -> tuple[Trained, Evaluation, dict[str, Any]]:
        trainer = cell.trainer
        layers = trainer.head()
        head = Trained(self._about(cell), layers)
        logits = head.logits(cell.validation.values)
        own = trainer.logits(cell.validation.values)
        if np.abs(logits - own).max() > _AGREE * max(1.0, float(np.abs(own).max())):
            raise ArithmeticError("the folded head says something else than the trained one")
        heat = temperature(logits, cell.validation.labels)
        checked = cell.validation.labels, cell.taught.validation
        sides = {"validation": evaluated(logits, *checked, self._classes, heat)}
        notes = cell.taught.notes
        if self._test is not None:
            asked = self._test.samples
            said = head.logits(asked.values)
            sides["test"] = evaluated(said, asked.labels, self._test.photos, self._classes, heat)
            notes += self._test.notes
        evaluation = Evaluation(
            classes=self._classes,
            network=self.material.space.network,
            temperature=heat,
            sides=sides,
        )
        summary = {**_summary(cell, evaluation), "notes": list(notes)}
        figures = {name: summary[name] for name in ("val_accuracy", "val_loss", "test_accuracy")}
        about = head.about.model_copy(update={"temperature": heat, "figures": figures})
        return replace(head, about=about, layers=tempered(layers, heat)), evaluation, summary

    def _about(self, cell: _Cell) -> trained.About:
        space, settings = self.material.space, cell.trainer.settings
        return trained.About(
            network=space.network,
            weights_digest=space.weights,
            weights_seed=self._weights_seed,
            layer=space.layer,
            pooling=space.pooling,
            size=space.size,
            dim=space.dim,
            units=(*settings.units, len(self._classes)),
            classes=self._classes,
            title=f"{self.material.title} ({len(self._classes)} classes)",
            data=self.material.title,
            data_digest=self.material.digest,
        )

    def _common(self) -> dict[str, Any]:
        return {
            **provenance([]),
            "weights_digest": self.material.space.weights,
            "network": self.material.space.network,
            "data": self.material.title,
            "seconds": round(self._seconds, 3),
        }


def _summary(cell: _Cell, evaluation: Evaluation) -> dict[str, Any]:
    """The figures of one head that its run's record carries."""
    checked, test = evaluation.sides["validation"], evaluation.sides.get("test")
    return {
        "classes": list(evaluation.classes),
        "train_images": len(cell.taught.train),
        "val_images": checked.n,
        "val_accuracy": checked.accuracy,
        "val_ci_low": checked.ci_low,
        "val_ci_high": checked.ci_high,
        "val_loss": round(cell.trainer.best.figures["val_loss"], 6),
        "test_images": test.n if test else None,
        "test_accuracy": test.accuracy if test else None,
        "test_ci_low": test.ci_low if test else None,
        "test_ci_high": test.ci_high if test else None,
        "epochs": cell.trainer.number,
        "best_epoch": cell.trainer.best.epoch,
        "parameters": cell.trainer.parameters,
        "temperature": evaluation.temperature,
    }
