"""What an extraction has come to: photos known, computed and set aside, each counted once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tfcore.engine.pace import Pace
from tfcore.engine.reports import Prepared, ShardDone
from tfcore.features.conclusion import Totals
from tfcore.store.space import Space

_MOST_REMEMBERED = 1000
"""Photos that were set aside and that a later attempt does not try again."""

Rows = list[tuple[int, dict[str, float]]]


@dataclass(frozen=True)
class Before:
    """What the record tells of earlier attempts.

    Attributes:
        computed: Photos.
        passes: Batches that went through the network.
        seconds: Time in which any worker computed.
        set_aside: Photos that could not be used.
    """

    computed: int = 0
    passes: int = 0
    seconds: float = 0.0
    set_aside: tuple[dict[str, str], ...] = ()

    @classmethod
    def read(
        cls, rows: Iterable[Mapping[str, float]], seconds: float, state: bytes | None
    ) -> Before:
        """From a run's figures, its seconds and its last checkpoint."""
        photos = [int(row["photos"]) for row in rows]
        told = json.loads(state) if state else []
        aside = tuple(told) if isinstance(told, list) else ()  # earlier versions kept another thing
        return cls(sum(photos), sum(map(bool, photos)), seconds, aside)


class Tally:
    """Counts what workers report; a photo counts as computed when its shard is kept.

    Args:
        before: What earlier attempts did.
        clock: Seconds that only go forward.

    Attributes:
        pace: How fast it comes along.
        photos: Different photos there are; 0 until it is planned.
        workers: Names of those that computed.
    """

    def __init__(self, before: Before, clock: Callable[[], float]) -> None:
        self.pace = Pace(before.seconds, clock)
        self.photos = 0
        self.workers: set[str] = set()
        self._probe: dict[str, float] = {}
        self._hits = 0
        self._computed, self._passes = before.computed, before.passes
        self._aside = list(before.set_aside)

    @property
    def settled(self) -> int:
        """Photos that are kept or set aside."""
        return self._hits + self._computed + len(self._aside)

    @property
    def left_out(self) -> list[str]:
        """Digests of the photos that were set aside."""
        return [one["digest"] for one in self._aside]

    def plan(self, told: Prepared) -> None:
        """Begin with what is in the store; what this run has computed of it is no hit."""
        # What was told as computed and is gone from the store is computed, and told, again.
        self._computed = min(self._computed, told.known)
        self._hits = told.known - self._computed
        self.photos = told.photos + len(self._aside)
        self._probe = told.probe

    def keep(self, told: ShardDone) -> Rows:
        """Count a shard that is kept.

        Returns:
            Figures of its batches, each with the number of photos settled by then.
        """
        self.workers.add(told.worker)
        self._hits += told.found
        place, rows = self.settled, []
        for row in told.rows:
            place += int(row["photos"] + row["set_aside"])
            rows.append((place, row))
            self._computed += int(row["photos"])
            self._passes += bool(row["photos"])
        self._aside += told.set_aside
        return rows

    def state(self) -> bytes:
        """What a later attempt has to know and cannot read from figures and store."""
        return json.dumps(self._aside[:_MOST_REMEMBERED]).encode()

    def totals(self, space: Space) -> Totals:
        """All of it in figures."""
        return Totals(
            space=space,
            cache_hits=self._hits,
            computed=self._computed,
            passes=self._passes,
            seconds=self.pace.seconds,
            workers=len(self.workers),
            set_aside=tuple(self._aside),
            probe=self._probe,
        )
