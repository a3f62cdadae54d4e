"""Ours and the peers that are here, each in a process of its own, on one and the same network."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np

from benchmarks.peers.attacking import Order
from benchmarks.peers.contestant import Contestant
from benchmarks.peers.environment import Unavailable, python_of

OURS = "ours"
PEERS = {
    "foolbox": ("foolbox", "benchmarks.peers.using_foolbox"),
    "art": ("art", "benchmarks.peers.using_art"),
}


class Arena:
    """Contestants that attack what they are ordered to.

    Args:
        network: A name of the catalog.
        way: How the peers call it, see ``forward``.

    Attributes:
        skipped: Peers that are not here, and why.
    """

    def __init__(self, network: str, way: Literal["eager", "compiled"] = "eager") -> None:
        self._network, self._way = network, way
        self._there: dict[str, Contestant] = {}
        self.skipped: dict[str, str] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            saved = self._folder / "network.keras"
            ours = Contestant(sys.executable, "benchmarks.peers.our_attacks", saved, self._network)
            self._there[OURS] = stack.enter_context(ours)
            for name, (package, module) in PEERS.items():
                try:
                    peer = Contestant(python_of(name, package), module, saved, self._way)
                    self._there[name] = stack.enter_context(peer)
                except Unavailable as reason:
                    self.skipped[name] = str(reason)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def peers(self) -> list[str]:
        """The peers that are here."""
        return [name for name in self._there if name != OURS]

    def order(self, order: Order) -> None:
        """Lay an order where all see it; it stands until the next."""
        order.save(self._folder)

    def seconds(self, who: str, task: str, steps: int) -> float:
        """How long somebody took for a task."""
        return self._there[who].ask(task, steps)["seconds"]

    def pictures(self, who: str, task: str, steps: int) -> Any:
        """What somebody made of the photos: RGB float32, ``(batch, size, size, 3)``."""
        self.seconds(who, task, steps)
        return np.load(self._folder / f"{who}-{task}.npy")

    def batches(self, who: str, task: str, steps: int, order: Order, size: int) -> Any:
        """The pictures of an order that is handed out in parts of one size.

        The last part is filled up, so that nobody compiles anew for it.
        """
        count = len(order.photos)
        parts = []
        for start in range(0, count, size):
            self.order(order.only(np.minimum(np.arange(start, start + size), count - 1)))
            parts.append(self.pictures(who, task, steps))
        return np.concatenate(parts)[:count]
