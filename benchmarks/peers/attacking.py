"""What all who attack agree on: the budget, the classes, and where the pictures lie.

Standard library and numpy alone, because peers import it in environments of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.answering import TARGET

SOURCE = 243
"""What the photo shows: a bull mastiff. The target is ``answering.TARGET``."""
EPSILON, STEP_SIZE = 2 / 255, 0.5 / 255

__all__ = ["EPSILON", "SOURCE", "STEP_SIZE", "TARGET", "Table", "photo_of"]


def photo_of(network: str) -> Any:
    """The photo, float32 in [0, 1], shape ``(1, size, size, 3)``, saved beside the network."""
    return np.load(Path(network).with_name("photo.npy"))


class Table:
    """Tasks that time an attack and leave its picture for the judge.

    Args:
        name: Who attacks.
        network: Path of the saved network; pictures are laid beside it.
    """

    def __init__(self, name: str, network: str) -> None:
        self._name, self._folder = name, Path(network).parent

    def task(self, word: str, attack: Callable[[int], Any]) -> Callable[[int], dict[str, float]]:
        """A task that runs ``attack`` for a number of steps and saves what it returns."""

        def run(steps: int) -> dict[str, float]:
            began = time.perf_counter()
            ended = np.asarray(attack(steps), np.float32)
            seconds = time.perf_counter() - began
            np.save(self._folder / f"{self._name}-{word}.npy", ended)
            return {"seconds": seconds}

        return run
