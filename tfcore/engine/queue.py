"""The fair queue: people take turns, however many runs each of them has waiting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tfcore.store.records import Run


def fair_order(queued: Iterable[Run], last_started: Mapping[str, float]) -> list[Run]:
    """Order the waiting runs so that owners take turns.

    In each round every owner has one run; within a round the owner who was served longest ago
    comes first, then who asked first.

    Args:
        queued: Runs that wait.
        last_started: Owner to the time at which a run of theirs last started.

    Example:
        An owner with three waiting runs and an owner with one: first, second, first, first.
    """
    by_owner: dict[str, list[Run]] = defaultdict(list)
    for run in sorted(queued, key=lambda run: (run.created, run.id)):
        by_owner[run.owner].append(run)
    turns = [
        (turn, last_started.get(owner, 0.0), run.created, run.id, run)
        for owner, runs in by_owner.items()
        for turn, run in enumerate(runs)
    ]
    return [turn[-1] for turn in sorted(turns, key=lambda turn: turn[:-1])]
