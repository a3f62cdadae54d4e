"""The fair queue: people take turns, however many runs each of them has waiting, and know when."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tfcore.events import RunState
from tfcore.store.records import Run
from tfcore.store.runs import RunStore

_REMEMBERED = 5  # runs of one kind that tell how fast the next will be
_SPREAD = ("extract",)
_KIND = ("network", "ensemble", "recipe", "method", "most_photos", "hidden")
_LOOKED_AT = 40  # ended runs that are read for it
_STEPS_TO_TELL = 8  # the first steps of a run are the slowest: they would tell of hours


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


def is_spread(run: Run) -> bool:
    """Whether a run is spread over workers: it takes nobody's place and has a line of its own."""
    return run.kind in _SPREAD


def estimated_waits(
    order: Sequence[Run], running: Sequence[Run], history: Iterable[Run]
) -> list[float | None]:
    """Estimate how long each waiting run still waits for its place.

    A running run needs what its own speed says. Every other run needs what runs of the same kind
    (networks, recipe, pictures at once) took here, scaled by its steps, and what they took to get
    ready. Runs that are under way tell the speed of their kind too, so that a class which begins
    at the same moment on a fresh machine knows more as soon as the first picture grows.

    Args:
        order: Waiting runs in the order in which they will start, from ``fair_order``.
        running: Runs that hold a place now; all places are taken as long as anybody waits.
        history: Runs that have ended, the newest first.

    Returns:
        Seconds for each run of ``order``, and at the end for whoever would join behind them all.
        None where a run ahead is of a kind that has never been seen here: nobody knows.

    Example:
        With 20 s left of the running one and 40 s usual: ``[20.0, 60.0, 100.0]`` for two in line.
    """
    paces = _paces([*running, *history])
    places = [_seconds_left(run, paces) for run in running] or [0.0]
    heapq.heapify(places)
    waits = []
    for run in order:
        start = heapq.heappop(places)
        waits.append(start)
        heapq.heappush(places, start + _seconds_needed(run, paces))
    waits.append(places[0])
    return [wait if math.isfinite(wait) else None for wait in waits]


@dataclass(frozen=True)
class Place:
    """Where a waiting run stands.

    Attributes:
        number: 1 is the next to start.
        seconds: Estimated wait, or None when nothing is known to tell it by.
    """

    number: int
    seconds: float | None


@dataclass(frozen=True)
class Traffic:
    """Who runs and who waits, at one moment.

    Attributes:
        running: Runs that hold a place, the oldest first.
        places: Run to its place in the line.
        joining: Estimated wait of whoever joins behind everybody, in seconds, or None.
    """

    running: tuple[Run, ...]
    places: Mapping[str, Place]
    joining: float | None

    @classmethod
    def of(cls, store: RunStore) -> Traffic:
        """Read the store; the history is read only while somebody is under way."""
        live = store.runs([RunState.QUEUED, RunState.RUNNING], limit=None)
        running = tuple(run for run in reversed(live) if run.state is RunState.RUNNING)
        if not live:
            return cls((), {}, 0.0)
        queued = [run for run in live if run.state is RunState.QUEUED]
        started = store.last_started() if queued else {}
        ended = store.runs([RunState.FINISHED, RunState.STOPPED], limit=_LOOKED_AT)
        places: dict[str, Place] = {}
        joining: float | None = 0.0
        # The line that takes no run's place comes first: whoever joins, joins the other.
        for of_line in (is_spread, _takes_place):
            order = fair_order(filter(of_line, queued), started)
            *waits, joining = estimated_waits(order, [*filter(of_line, running)], ended)
            for number, (run, seconds) in enumerate(zip(order, waits, strict=True), 1):
                places[run.id] = Place(number, seconds)
        return cls(running, places, joining)


def _takes_place(run: Run) -> bool:
    return not is_spread(run)


@dataclass(frozen=True)
class _Pace:
    """How fast runs of one kind are: seconds to get ready, and seconds a step."""

    ready: float
    step: float


def _kind(run: Run) -> tuple[Any, ...]:
    """Runs of one kind take the same time a step."""
    pictures = str(run.settings.get("values") or "").count(",")
    return run.kind, pictures, *(run.settings.get(name) or "" for name in _KIND)


def _paces(runs: Iterable[Run]) -> dict[tuple[Any, ...], _Pace]:
    """What the newest runs of each kind took; the median forgives one that was disturbed."""
    known: dict[tuple[Any, ...], list[Run]] = defaultdict(list)
    for run in runs:
        enough = 1 if run.ended is not None else _STEPS_TO_TELL
        if run.seconds > 0 and run.step >= enough and len(known[_kind(run)]) < _REMEMBERED:
            known[_kind(run)].append(run)
    return {
        kind: _Pace(
            median([_ready_seconds(run) for run in seen if run.ended is not None] or [0.0]),
            median(run.seconds / run.step for run in seen),
        )
        for kind, seen in known.items()
        if seen
    }


def _ready_seconds(run: Run) -> float:
    """Time at its place that was not spent stepping: loading, compiling, and pauses."""
    if run.started is None or run.ended is None or run.attempt > 1:
        return 0.0  # of a later attempt the record does not tell
    return max(0.0, run.ended - run.started - run.seconds)


def _seconds_left(run: Run, paces: Mapping[tuple[Any, ...], _Pace]) -> float:
    """What a run that holds a place still needs."""
    if run.seconds_left is not None and not run.stage:
        return run.seconds_left
    return _seconds_needed(run, paces)


def _seconds_needed(run: Run, paces: Mapping[tuple[Any, ...], _Pace]) -> float:
    """What a run needs from its start to its end; infinite when nobody knows."""
    pace = paces.get(_kind(run))
    return math.inf if pace is None else pace.ready + pace.step * max(0, run.steps - run.step)
