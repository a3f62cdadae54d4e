"""Pictures that grow side by side in one compiled program: the cells of a run, or its only one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tfcore import classes, images, targets
from tfcore.backbones.predict import best5
from tfcore.fields import Views
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.program import KNOBS, Arrays, Seat
from tfcore.synthesis.programs import program_for

Rgb8 = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class Group:
    """Cells of one network that share a compiled step, a batch and a seat at the program.

    Args:
        cells: Their settings; they differ in nothing that decides the graph, but in how strong
            random views are.
        photo: RGB uint8 of any size for start "photo", else None.

    Attributes:
        photo: The photo's square as the network sees it, or None.
    """

    def __init__(self, cells: Sequence[SynthesizeSettings], photo: Rgb8 | None) -> None:
        self.cells = tuple(cells)
        first = self.cells[0]
        self.program = program_for(_strongest(self.cells), len(self.cells))
        self.photo = None if photo is None else images.fit_square(photo, self.program.plan.size)
        start = self.program.parametrization.initial(
            first.start, first.seed, None if self.photo is None else images.to_float(self.photo)
        )
        self._targets = [targets.resolve(cell.target, cell.network) for cell in self.cells]
        width = self.program.plan.objective.width(self.program.backbone)
        self._fresh = self.program.fresh(
            np.repeat(start, len(self.cells), axis=0),
            [{name: getattr(cell, name) for name in KNOBS} for cell in self.cells],
            np.stack([target_weights(target, width) for target in self._targets]),
            first.seed,
        )
        self._seat = Seat(self._fresh)

    def step(self) -> list[dict[str, float]]:
        """Do one step; each cell's figures before the change."""
        with self.program.seated(self._seat):
            rows = self.program.step()
        return [dict(zip(self.program.metrics, row.tolist(), strict=True)) for row in rows]

    def steer(self, name: str, value: float) -> None:
        """Change one knob of all cells from the next step on."""
        with self.program.seated(self._seat):
            self.program.set_knob(name, value)

    def preview(self) -> tuple[list[Rgb8], list[list[tuple[int, float]]]]:
        """Each cell's picture as it would be saved now, and what the network sees in it.

        With the raw parametrization the network is asked about the raw values: they are no picture
        that could be saved.
        """
        with self.program.seated(self._seat):
            values = self.program.image()
            shown = [self.program.parametrization.shown(value) for value in _finite(values)]
            raw = self.program.parametrization.raw
            seen = values if raw else np.stack([images.to_float(one) for one in shown])
            return shown, [best5(row) for row in self.program.judge(seen)]

    def read(self) -> Arrays:
        """Copies of all variables by name."""
        with self.program.seated(self._seat):
            return self.program.read()

    def write(self, arrays: Arrays) -> None:
        """Set all variables; the counterpart of ``read``."""
        with self.program.seated(self._seat):
            self.program.write(arrays)

    @property
    def like(self) -> Arrays:
        """Arrays of the names, shapes and types that ``write`` takes."""
        return self._fresh

    def verdicts(self) -> tuple[list[Rgb8], list[dict[str, Any]]]:
        """Judge each cell, in full precision and as the saved PNG read back.

        Returns:
            The pictures, and for each its target, figures, and the top five of the saved picture.
            For a channel ``probability`` and ``probability_png`` are None, and ``activation`` and
            ``activation_png`` hold what its objective measures.
        """
        program = self.program
        with program.seated(self._seat):
            values = program.image()
            shown = [program.parametrization.shown(value) for value in _finite(values)]
            saved = [images.to_float(images.from_png(images.to_png(one))) for one in shown]
            seen = program.predict(np.stack(saved))
            chances = program.judge(values)
            figures = [self._heading(index) for index in range(len(self.cells))]
            if not program.plan.objective.has_probability:
                exact = program.activation(values, program.parametrization.raw)
                kept = program.activation(np.stack(saved), False)
        for index, (figure, target) in enumerate(zip(figures, self._targets, strict=True)):
            wanted = list(target.wanted_classes)
            if wanted:
                figure["probability"] = float(chances[index, wanted].sum())
                figure["probability_png"] = float(seen[index, wanted].sum())
            else:
                figure["activation"] = float(exact[index])
                figure["activation_png"] = float(kept[index])
            figure["top5"] = classes.of(self.cells[index].network).recorded(best5(seen[index]))
            figure["total_variation"] = total_variation(saved[index])
        return shown, figures

    def _heading(self, index: int) -> dict[str, Any]:
        target = self._targets[index]
        return {
            "network": self.cells[index].network,
            "target": target.name,
            "target_index": target.class_index,
            "probability": None,
            "probability_png": None,
        }

    def identity(self) -> Mapping[str, str]:
        """What a saved state must agree with, beside the settings."""
        photo = "" if self.photo is None else images.digest(self.photo)
        weights = [backbone.weights_digest for backbone in self.program.backbones]
        return {"photo": photo, "weights": "+".join(weights)}


def _strongest(cells: Sequence[SynthesizeSettings]) -> SynthesizeSettings:
    """Settings whose graph serves every cell: with random views and noise if any cell has them.

    A cell without them has the strength 0 in the shared graph.
    """
    views = {name: max(getattr(cell, name) for cell in cells) for name in Views.model_fields}
    return cells[0].model_copy(update=views)


def _finite(values: Floats) -> Floats:
    """A cell whose numbers ran away is shown gray; the others go on."""
    return np.where(np.isfinite(values).all(axis=(1, 2, 3), keepdims=True), values, 0.5)


def target_weights(target: targets.Target, width: int) -> Floats:
    """A weight for each of an objective's classes or channels, shape ``(width,)``."""
    weights = np.zeros(width, np.float32)
    for part, weight in target.terms:
        weights[part.number] = weight
    return weights


def total_variation(image: Floats) -> float:
    """Sum of the absolute differences between neighbours, in the unit of [0, 1]."""
    precise = image.astype(np.float64)
    return float(sum(np.abs(np.diff(precise, axis=axis)).sum() for axis in (0, 1)))
