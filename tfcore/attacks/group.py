"""Pictures that are attacked side by side in one compiled program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import classes, images, methods
from tfcore.attacks.budget import confined, quantized
from tfcore.attacks.program import KNOBS, Aim, Floats
from tfcore.attacks.programs import program_for
from tfcore.attacks.verdict import judge
from tfcore.backbones.loading import cached
from tfcore.settings import AttackSettings

Rgb8 = npt.NDArray[np.uint8]
Arrays = dict[str, npt.NDArray[Any]]


class Group:
    """Cells of one method and network that share a compiled step and a batch.

    Args:
        cells: Their settings; they differ in nothing that decides the graph.
        photo: RGB uint8, square, at the size of the run's first network.

    Attributes:
        source: Class that the photo shows: as the person said, or as the first network sees it.
    """

    def __init__(self, cells: Sequence[AttackSettings], photo: Rgb8) -> None:
        self.cells, self.photo = tuple(cells), photo
        first = self.cells[0]
        self.program = program_for(first)
        self.backbones = [cached(name) for name in first.networks]
        seen = self.see(photo)
        told = first.source_index
        self.source = int(np.argmax(seen[0])) if told is None else told
        self._targets = [cell.wanted_class for cell in self.cells]
        count = len(self.cells)
        one_hot = np.eye(len(seen[0]), dtype=np.float32)
        wanted = [self.source if target is None else target for target in self._targets]
        self._aim = Aim(
            photos=np.repeat(images.to_float(photo)[None], count, axis=0),
            labels=one_hot[wanted],
            sources=one_hot[[self.source] * count],
            signs=np.array([-1 if t is None else 1 for t in self._targets], np.float32),
            seed=first.seed,
        )
        self.knobs: dict[str, Floats] = {
            name: np.array([getattr(cell, name) for cell in self.cells], np.float32)
            for name in KNOBS
        }
        # Kept beside the sizes, which are rounded: a budget that comes and goes leaves no trace.
        self._shares = np.array([cell.step_size / cell.epsilon for cell in self.cells])
        self.restart()

    def restart(self) -> None:
        """Begin anew, with the knobs as they are."""
        self.number = 0
        self._state = self.program.start(self._aim, self.knobs)

    def step(self) -> list[dict[str, float]]:
        """Do one step; each cell's figures before the change."""
        self._state, figures = self.program.step(self._aim, self.knobs, self.number, self._state)
        self.number += 1
        return [
            _named(row.tolist(), target) for row, target in zip(figures, self._targets, strict=True)
        ]

    def steer(self, changes: Mapping[str, float]) -> set[float]:
        """Change knobs of all cells from the next step on.

        A step size that is not among the changes keeps its share of a new budget.

        Returns:
            The step sizes that followed; none when nothing did.
        """
        for name, value in changes.items():
            self.knobs[name] = np.full(len(self.cells), value, np.float32)
        if not self.program.attack.has_budget:
            return set()
        if "step_size" in changes:
            self._shares = self.knobs["step_size"].astype(np.float64) / self.knobs["epsilon"]
        elif "epsilon" in changes:
            sizes = [methods.step_of(share, changes["epsilon"]) for share in self._shares.tolist()]
            self.knobs["step_size"] = np.array(sizes, np.float32)
            return set(sizes)
        return set()

    def pictures(self) -> list[Rgb8]:
        """Each cell's picture as it would be saved now: on the grid of 8 bits, in the budget."""
        attack, norm = self.program.attack, self.program.norm
        now = attack.final(self._state)
        radii = [float("inf")] * len(self.cells)
        if attack.has_budget:
            # The budget may have been steered down since the last step.
            now = confined(now, self._aim.photos, norm, self.knobs["epsilon"])
            radii = self.knobs["epsilon"].tolist()
        finite = np.where(tf.math.is_finite(now), now, self._aim.photos)
        return [
            quantized(image, self.photo, norm, radius)
            for image, radius in zip(finite, radii, strict=True)
        ]

    def verdict(self, index: int, picture: Rgb8) -> dict[str, Any]:
        """Judge one cell's picture; see ``verdict.judge``."""
        cell, target = self.cells[index], self._targets[index]
        known = classes.of(cell.network)
        return {
            "network": cell.network,
            "method": cell.method,
            "norm": cell.norm,
            "source": known.name(self.source),
            "source_index": self.source,
            "target": "anything else" if target is None else known.name(target),
            "target_index": target,
            "epsilon_255": float(self.knobs["epsilon"][index]),
            "success": self._is_fooled(index),
            **judge(self.photo, picture, self.see, known, self.source, target),
        }

    def read(self) -> Arrays:
        """Copies of everything that changes, by name."""
        state = {f"state.{name}": np.array(value) for name, value in self._state.items()}
        return {**state, **self.knobs, "shares": self._shares, "number": np.array(self.number)}

    def write(self, arrays: Arrays) -> None:
        """Set everything that changes; the counterpart of ``read``."""
        self._state = {name: tf.constant(arrays[f"state.{name}"]) for name in self._state}
        self.knobs = {name: arrays[name] for name in KNOBS}
        self._shares = arrays["shares"]
        self.number = int(arrays["number"])

    def identity(self) -> str:
        """What a saved state must agree with, beside the settings."""
        weights = [backbone.weights_digest for backbone in self.backbones]
        return "+".join([images.digest(self.photo), *weights])

    def see(self, picture: Rgb8) -> list[Floats]:
        """What each network sees in a picture: probabilities, shape ``(classes,)``."""
        return [one[0] for one in self.program.see(images.to_float(picture)[None])]

    def _is_fooled(self, index: int) -> bool:
        """Before rounding, as most papers count; what is shown counts the saved picture."""
        final = np.array(self.program.attack.final(self._state), np.float32)
        return bool(self.program.is_fooled(self._aim, final)[index])


def _named(row: list[float], target: int | None) -> dict[str, float]:
    """The figures of one cell by their names in the record; ``total`` is what is minimised."""
    cross_entropy, variation, probability, source_probability, distance = row
    if target is None:
        return {
            "total": variation - cross_entropy,
            "variation": variation,
            "source_probability": source_probability,
            "distance": distance,
        }
    return {
        "total": variation + cross_entropy,
        "cross_entropy": cross_entropy,
        "variation": variation,
        "probability": probability,
        "source_probability": source_probability,
        "distance": distance,
    }
