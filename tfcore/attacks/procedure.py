"""Fooling a network: the procedure that the engine drives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tfcore import catalog, images
from tfcore.attacks.group import Group
from tfcore.backbones.predict import best5
from tfcore.procedure import Preview, Result
from tfcore.procedures import saving
from tfcore.procedures.cells import merged
from tfcore.procedures.provenance import provenance
from tfcore.settings import AttackSettings

Rgb8 = npt.NDArray[np.uint8]


class Fooling:
    """One run that changes a photo until a network takes it for something else.

    The same settings and photo end in the same picture, bit for bit on one machine, also when the
    run was paused, saved and restored elsewhere in between. A what-if run attacks the same photo
    in two to nine ways side by side: those of one method and network in one batch.

    Args:
        settings: What to reach and how.
        photo: RGB uint8 of any size; its centre square is attacked, at the size of the network.

    Raises:
        WeightsMissing: A network's weights are not here and cannot be fetched.

    Example:
        >>> run = Fooling(AttackSettings(target="zebra"), photo)  # doctest: +SKIP
        >>> run.step()["probability"]  # doctest: +SKIP
        0.0004
    """

    def __init__(self, settings: AttackSettings, photo: Rgb8) -> None:
        self.settings, self.step_number, self._steps = settings, 0, settings.steps
        cells = settings.cells()
        batches = [cells] if settings.is_one_batch else [[cell] for cell in cells]
        self.photo = images.fit_square(photo, catalog.get(settings.network).input_size)
        self.groups = [Group(batch, self.photo) for batch in batches]
        self._is_plain = not settings.vary

    @property
    def steps(self) -> int:
        """Steps to do in all."""
        return self._steps

    def step(self) -> dict[str, float]:
        """Do one step.

        Returns:
            Figures measured before the change: ``total``, what is made smaller; its parts
            ``cross_entropy`` (of the target, in nats) and ``variation`` (weighted); the
            ``probability`` of the target and ``source_probability``, that of what the photo shows;
            and ``distance``, the size of the change in n/255. Those of a what-if run carry the
            cell's number, ``probability@0``; a cell that has diverged has none.
        """
        rows = [row for group in self.groups for row in group.step()]
        self.step_number += 1
        return rows[0] if self._is_plain else merged(rows)

    def preview(self) -> Preview:
        """The picture as it would be saved now beside its amplified change, and what is seen in it.

        Of a what-if run all pictures in one, without their changes, and the top five of each.
        """
        pictures = [(group, picture) for group in self.groups for picture in group.pictures()]
        best = [best5(group.see(picture)[0]) for group, picture in pictures]
        shown = [picture for _, picture in pictures]
        if self._is_plain:
            factor = self.settings.amplification
            shown.append(images.amplified(shown[0], self.photo, factor))
        return Preview(images.montage(shown), tuple(pair for five in best for pair in five))

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Change budget, step size or variation weight from the next step on, of all cells.

        Beside other methods the lesson keeps its rate, which is no step inside a budget.

        Returns:
            The changes, and the step size that followed a new budget where it is the same in all
            cells. Cells with steps of their own follow by themselves, whenever this is repeated.
        """
        followed: set[float] = set()
        for group in self.groups:
            mine = dict(changes)
            if not self._is_plain and not group.program.attack.has_budget:
                mine.pop("step_size", None)
            followed |= group.steer(mine)
        return {**changes, "step_size": followed.pop()} if len(followed) == 1 else changes

    def state(self) -> bytes:
        """Everything that changes, without pickle."""
        return saving.pack(self._arrays(), self._owner)

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned, in this process or another.

        Raises:
            ValueError: The bytes are damaged or belong to other settings, photo or weights.
        """
        self._take(saving.unpack(state, self._owner, self._arrays()))

    def result(self) -> Result:
        """Judge the present picture as it is saved.

        Returns:
            The picture and a summary, see ``Group.verdict``. That of a what-if run has ``cells``,
            the verdict of each with its caption, and the picture holds them all.
        """
        pictures, verdicts = [], []
        for group in self.groups:
            for index, picture in enumerate(group.pictures()):
                pictures.append(picture)
                verdicts.append(group.verdict(index, picture))
        return Result({**self._figures(verdicts), **self._common()}, images.montage(pictures))

    def _common(self) -> dict[str, Any]:
        asked = {one.network.name: one for group in self.groups for one in group.backbones}
        return {"steps": self.step_number, **provenance(list(asked.values()))}

    def _figures(self, verdicts: list[dict[str, Any]]) -> dict[str, Any]:
        if self._is_plain:
            return verdicts[0]
        captions = self.settings.captions()
        cells = [
            {"caption": caption, **one} for caption, one in zip(captions, verdicts, strict=True)
        ]
        return {
            "source": verdicts[0]["source"],
            "source_index": verdicts[0]["source_index"],
            "target": verdicts[0]["target"],
            "target_index": verdicts[0]["target_index"],
            "vary": self.settings.vary,
            "cells": cells,
        }

    def _arrays(self) -> saving.Arrays:
        found = {
            f"{number}/{name}": array
            for number, group in enumerate(self.groups)
            for name, array in group.read().items()
        }
        return {**found, "step": np.array(self.step_number)}

    def _take(self, arrays: saving.Arrays) -> None:
        for number, group in enumerate(self.groups):
            start = f"{number}/"
            own = {name: array for name, array in arrays.items() if name.startswith(start)}
            group.write({name.removeprefix(start): array for name, array in own.items()})
        self.step_number = int(arrays["step"])

    @property
    def _owner(self) -> str:
        identities = [group.identity() for group in self.groups]
        return "|".join([self.settings.model_dump_json(), *identities])
