"""Compiled programs, kept for the next run of the same kind."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from tfcore.backbones.building import LOCK

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """The programs that were used last. Safe to use from any thread.

    Args:
        most: How many are kept; one that a run still holds lives on after it was let go of here.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[tuple[object, ...], Made]] = OrderedDict()

    def get(self, plan: Hashable, networks: Sequence[object], make: Callable[[], Made]) -> Made:
        """The program of a plan, made at the first call.

        Args:
            plan: What decides the graph.
            networks: What the program stands on; one made on others, since let go of, is made anew.
            make: Makes the program.
        """
        with LOCK:
            known, program = self._kept.get(plan, ((), None))
            is_same = len(known) == len(networks) and all(
                a is b for a, b in zip(known, networks, strict=True)
            )
            if program is None or not is_same:
                program = make()
            self._kept[plan] = tuple(networks), program
            self._kept.move_to_end(plan)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return program
