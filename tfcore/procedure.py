"""The contract of every long job of one process.

Synthesis, attacks and training implement it; the engine drives all of them with one loop that
handles cadence, pause, stop, steering, checkpoints, divergence and events. A procedure never
prints, plots or sleeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt


class StoppedEarly(Exception):
    """A Stop came while a job was being prepared, before its first step."""


@dataclass(frozen=True)
class Preview:
    """What a person sees of a running job.

    Attributes:
        image: RGB uint8, shape ``(height, width, 3)``.
        top5: Class index and probability, most probable first, judged on the clean image.
    """

    image: npt.NDArray[np.uint8]
    top5: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Result:
    """What a job ends with.

    Attributes:
        summary: Figures of the finished run, JSON-serialisable.
        image: The final picture, RGB uint8, exactly as it is saved.
        files: Other files that are kept with the run, by name.
    """

    summary: dict[str, Any] = field(default_factory=dict)
    image: npt.NDArray[np.uint8] | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


@runtime_checkable
class Salvageable(Protocol):
    """A job that has something to leave even when its numbers have grown beyond all bounds."""

    def salvage(self) -> Result:
        """What it had reached before."""
        ...


class Procedure(Protocol):
    """A job that goes on step by step and can be steered, saved and resumed.

    Random draws are keyed by ``(seed, step)``, so that a resumed job ends in the same image, bit
    for bit, as one left alone on the same machine.
    """

    @property
    def step_number(self) -> int:
        """Steps done so far."""
        ...

    @property
    def steps(self) -> int:
        """Steps to do in all; a search may end earlier than it was given steps for."""
        ...

    def step(self) -> dict[str, float]:
        """Do one step and return its metrics, measured before the change it makes."""
        ...

    def preview(self) -> Preview | None:
        """Return the present picture and what the network sees in it; None if there is none."""
        ...

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Change hyperparameters from the next step on; values have been checked before.

        Returns:
            The changes, and what followed from them: the same again changes nothing more.
        """
        ...

    def state(self) -> bytes:
        """Everything needed to go on later, without pickle."""
        ...

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned.

        Raises:
            ValueError: The bytes do not belong to this job.
        """
        ...

    def result(self) -> Result:
        """Judge the present picture as it would be saved."""
        ...
