"""What all who attack agree on: an order says what is to be done, and pictures are laid beside it.

Standard library and numpy alone, because peers import it in environments of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

_FILE = "order.npz"


@dataclass(frozen=True)
class Order:
    """What is attacked, and with which numbers; each attack takes those that it knows.

    Attributes:
        photos: RGB float32 in [0, 1], shape ``(batch, size, size, 3)``.
        truth: What each photo shows; untargeted attacks lead away from it.
        wanted: What each shall be taken for by targeted ones.
        epsilon, step_size: Of PGD and FGSM, in values of [0, 1].
        rounds, learning_rate, first_constant: Of Carlini and Wagner's search.
        candidates, overshoot: Of DeepFool; what a photo shows is one of the candidates.
    """

    photos: Any
    truth: Any
    wanted: Any
    epsilon: float = 2 / 255
    step_size: float = 0.5 / 255
    rounds: int = 6
    learning_rate: float = 0.01
    first_constant: float = 1.0
    candidates: int = 10
    overshoot: float = 0.02

    def save(self, folder: Path) -> None:
        """Lay the order where all sides find it."""
        np.savez(folder / _FILE, **vars(self))

    def only(self, rows: Any) -> Self:
        """The same order for some of the photos, each as often as its row is named."""
        some = {name: getattr(self, name)[rows] for name in ("photos", "truth", "wanted")}
        return replace(self, **some)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The order that lies in a folder."""
        with np.load(folder / _FILE) as found:
            values = {name: found[name] for name in found.files}
        return cls(
            **{name: value if value.ndim else value.item() for name, value in values.items()}
        )


Attack = Callable[[Order, int], Any]
"""From an order and a number of steps to pictures."""


class Table:
    """Tasks that time an attack on the order of the moment and leave its pictures for the judge.

    Args:
        name: Who attacks.
        network: Path of the saved network; orders and pictures are laid beside it.
    """

    def __init__(self, name: str, network: str) -> None:
        self._name, self._folder = name, Path(network).parent

    def task(self, word: str, attack: Attack) -> Callable[[int], dict[str, float]]:
        """A task that runs ``attack`` for a number of steps and saves what it returns."""

        def run(steps: int) -> dict[str, float]:
            order = Order.load(self._folder)
            began = time.perf_counter()
            ended = np.asarray(attack(order, steps), np.float32)
            seconds = time.perf_counter() - began
            np.save(self._folder / f"{self._name}-{word}.npy", ended)
            return {"seconds": seconds}

        return run
