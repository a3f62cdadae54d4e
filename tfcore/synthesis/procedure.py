"""Growing ideal images: the procedure that the engine drives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tfcore import images
from tfcore.procedure import Preview, Result
from tfcore.procedures import saving
from tfcore.procedures.cells import merged
from tfcore.procedures.provenance import provenance
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.group import Group

Rgb8 = npt.NDArray[np.uint8]


class Synthesis:
    """One run that grows the input that most excites a class or a channel.

    Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks" (2013), in the words of
    Olah et al., "Feature Visualization" (Distill 2017): objective, parametrization, transforms and
    optimizer. The same settings end in the same image, bit for bit on one machine, also when the
    run was paused, saved and restored elsewhere in between.

    A what-if run grows two to nine pictures, its cells, side by side: those of one network in one
    batch, and the networks in turn. All cells see the same random views, so that what differs is
    the setting. A cell whose numbers run away stands still in gray while the others go on.

    Several runs may live in one process, also of the same settings; each keeps its own variables.

    Args:
        settings: What to grow and how.
        photo: RGB uint8 of any size for start "photo", else None.

    Raises:
        WeightsMissing: The network's weights are not here and cannot be fetched.

    Example:
        >>> run = Synthesis(SynthesizeSettings(target="zebra"))  # doctest: +SKIP
        >>> run.step()["probability"]  # doctest: +SKIP
        0.0004
    """

    def __init__(self, settings: SynthesizeSettings, photo: Rgb8 | None = None) -> None:
        self.settings, self.steps, self.step_number = settings, settings.steps, 0
        cells = settings.cells()
        batches = [cells] if settings.is_one_batch else [[cell] for cell in cells]
        self._groups = [Group(batch, photo) for batch in batches]
        self._is_plain = not settings.vary
        parts = [self.settings.model_dump_json()]
        for group in self._groups:
            parts += group.identity().values()
        self._owner = "|".join(parts)

    def step(self) -> dict[str, float]:
        """Do one step.

        Returns:
            Figures measured before the change: ``total``; its parts as they enter it, weights
            included: ``cross_entropy``, ``logit`` or ``activation``, ``variation``, ``l2``; and for
            a class its ``probability`` in what the network saw at this step. ``total`` is not a
            number when the run has diverged. The figures of a what-if run carry the cell's number,
            ``probability@0``; a cell that has diverged has none.
        """
        rows = [row for group in self._groups for row in group.step()]
        self.step_number += 1
        return rows[0] if self._is_plain else merged(rows)

    def preview(self) -> Preview:
        """The picture as it would be saved now, and what the network sees in these 8 bits.

        Of a what-if run all pictures in one, and the top five of each in turn.
        """
        looks = [group.preview() for group in self._groups]
        best = [best for _, bests in looks for best in bests]
        return Preview(
            self._sheet([one for shown, _ in looks for one in shown]),
            tuple(pair for five in best for pair in five),
        )

    def _sheet(self, pictures: list[Rgb8]) -> Rgb8:
        if self._is_plain:
            return pictures[0]
        side = max(picture.shape[0] for picture in pictures)
        return images.montage([images.fit_square(picture, side) for picture in pictures])

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Change weights or the learning rate from the next step on, of all cells."""
        for group in self._groups:
            for name, value in changes.items():
                group.steer(name, value)
        return changes

    def state(self) -> bytes:
        """All variables, the optimizer's included, the sliders and the step, without pickle."""
        arrays = {
            f"{number}/{name}": array
            for number, group in enumerate(self._groups)
            for name, array in group.read().items()
        }
        return saving.pack(arrays, self._owner)

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned, in this process or another.

        Raises:
            ValueError: The bytes are damaged or belong to other settings, photo or weights.
        """
        like = {
            f"{number}/{name}": array
            for number, group in enumerate(self._groups)
            for name, array in group.like.items()
        }
        arrays = saving.unpack(state, self._owner, like)
        for number, group in enumerate(self._groups):
            group.write({name: arrays[f"{number}/{name}"] for name in group.like})
        self.step_number = int(arrays["0/seed_and_step"][1])

    def result(self) -> Result:
        """Judge the present picture, in full precision and as the saved PNG read back.

        Returns:
            The picture and a summary, see ``Group.verdicts``. That of a what-if run has ``cells``,
            the figures of each picture with its caption, and the picture holds them all.
        """
        judged = [group.verdicts() for group in self._groups]
        shown = [one for pictures, _ in judged for one in pictures]
        cells = [figures for _, rows in judged for figures in rows]
        backbones = [backbone for group in self._groups for backbone in group.program.backbones]
        common = {
            "recipe": self.settings.recipe,
            "steps": self.step_number,
            **provenance(backbones),
        }
        return Result({**self._figures(cells), **common}, self._sheet(shown))

    def _figures(self, cells: list[dict[str, Any]]) -> dict[str, Any]:
        if self._is_plain:
            return cells[0]
        captions = self.settings.captions()
        return {
            **cells[0],
            "probability": None,
            "probability_png": None,
            "vary": self.settings.vary,
            "cells": [
                {"caption": caption, **cell} for caption, cell in zip(captions, cells, strict=True)
            ],
        }
