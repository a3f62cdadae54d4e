"""A run that is spread over workers, seen from the engine: what is given out, told and counted.

It never waits: whatever happens comes in as a call, whatever shall happen leaves through ``Reach``.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Any

from tfcore.engine.futures import WorkerLost
from tfcore.engine.loop import PARK
from tfcore.engine.reports import Batch, Prepared, ShardDone
from tfcore.engine.shards import CONCLUDE, PREPARE, Part
from tfcore.engine.tally import Before, Tally
from tfcore.errors import UserError
from tfcore.events import (
    Checkpoint,
    Event,
    Failed,
    Finished,
    Metrics,
    Order,
    Parked,
    Progress,
    Reached,
    RunState,
    Started,
    StateChanged,
    Verb,
)
from tfcore.store.space import Space

MOST_DEATHS = 3
"""Workers that may die of one part before the run is given up."""
_BROKEN = "Something broke inside the lab; the engine's log tells what. Start again."


class _Phase(Enum):
    PREPARING = auto()
    WORKING = auto()
    CONCLUDING = auto()
    ENDED = auto()


@dataclass(frozen=True)
class Reach:
    """How a ``FanOut`` acts on the world; each call returns at once.

    Attributes:
        give: Gives a part to whichever worker is free first.
        forget: A part's outcome is no longer wanted.
        stop: Tells all workers to stop what they do of this run, and keep what they have.
        emit: Has an event recorded.
    """

    give: Callable[[Part], None]
    forget: Callable[[int], None]
    stop: Callable[[], None]
    emit: Callable[[Event], None]


class FanOut:
    """One attempt at a run: prepared, computed shard by shard, concluded.

    A photo is told in the record when its shard is kept, and only then. What of a shard was seen
    to be computed counts for the header meanwhile, and is taken back when its worker dies.

    Args:
        plain: The part that all others are copies of.
        reach: How it acts.
        before: What earlier attempts did.
        is_paused: Start in pause.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        plain: Part,
        reach: Reach,
        before: Before,
        *,
        is_paused: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plain, self._reach = plain, reach
        self._phase, self._space = _Phase.PREPARING, dict[str, Any]()
        self._shards: list[tuple[int, bytes]] = []
        self._todo: deque[int] = deque()
        # Parts that workers have, and how many photos of each are computed; None: none has begun.
        self._out: dict[int, int | None] = {}
        self._deaths: Counter[int] = Counter()
        self._orders: set[int] = set()
        self._tally, self._most = Tally(before, clock), 0
        self._is_paused, self._is_parking = is_paused, False
        self._stop: int | None = None
        self._step: int | None = None
        self._owes_shard = False

    @property
    def attempt(self) -> int:
        """The attempt that this is."""
        return self._plain.attempt

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self._phase is _Phase.ENDED

    # -- what happens --------------------------------------------------------------------------

    def begin(self) -> None:
        """Have the run planned."""
        self._give(PREPARE, left_out=self._tally.left_out)

    def allow(self, most: int) -> None:
        """So many shards may be given out at a time."""
        self._most = most
        self._go_on()

    def prepared(self, told: Prepared) -> None:
        """The plan has come."""
        if self._out.pop(PREPARE, self) is self:
            return
        self._phase, self._space, self._shards = _Phase.WORKING, told.space, told.shards
        self._todo.extend(range(len(told.shards)))
        self._tally.plan(told)
        self._emit(Started, step=self._step_number, steps=self._tally.photos)
        self._go_on()

    def heard(self, told: Batch) -> None:
        """A shard has begun, or comes along."""
        if told.shard not in self._out:
            return
        if self._stop is not None:
            self._reach.stop()  # it did not listen yet when that was said
        self._tally.workers.add(told.worker)
        self._tally.pace.count(told.done - (self._out[told.shard] or 0))
        self._out[told.shard] = told.done
        if told.done and self._tally.pace.is_due():
            self._tell_step()

    def kept(self, told: ShardDone) -> None:
        """A shard is in the store: now it is told."""
        if self._out.pop(told.shard, self) is self:
            return
        rows, pace = self._tally.keep(told), self._tally.pace
        if rows:
            self._emit(Metrics, rows=rows, rate=pace.rate, seconds=pace.lap())
        if told.set_aside:
            self._emit(Checkpoint, step=self._step_number, state=self._tally.state())
        self._tell_step()
        self._go_on()

    def over(self, number: int, error: BaseException | None) -> None:
        """A task has ended; if what came of it was not told before, it never will be."""
        if self._out.pop(number, self) is self:
            return
        if number == CONCLUDE and error is None:
            self._end()
        elif isinstance(error, UserError):
            self.fail(str(error))
        elif error is not None and not isinstance(error, WorkerLost):
            self.fail(_BROKEN)
        else:
            self._again(number)

    def order(self, order: Order) -> None:
        """A person, or the engine, asks for something; the same order may come several times."""
        if order.command in self._orders or order.attempt not in (0, self.attempt):
            return
        self._orders.add(order.command)
        self._is_parking = order.verb == PARK
        if order.verb == Verb.STOP:
            self._stop_all(order.command)
        elif order.verb in (Verb.PAUSE, Verb.RESUME):
            self._is_paused = order.verb == Verb.PAUSE
            self._tell_state(order.command)
        elif order.verb == Verb.STEP:
            self._is_paused, self._step = True, order.command
            self._owes_shard = not any(number >= 0 for number in self._out)
        self._go_on()

    def fail(self, reason: str) -> None:
        """Give up."""
        self._emit(Failed, step=self._step_number, reason=reason)
        self._reach.stop()
        self._end()

    def wait_for(self, stage: str) -> None:
        """Say what has to come first."""
        self._emit(Progress, stage=stage)

    # -- what follows --------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Give out what may be given out; when all is back, do what comes then."""
        if self._phase is not _Phase.WORKING:
            return
        if self._stop is None and (self._owes_shard or not self._is_paused):
            self._give_shards(1 if self._is_paused else self._most)
            self._owes_shard = False
        self._tally.pace.work(bool(self._out))
        if self._out:
            return
        if self._step is not None:
            self._tell_state(self._step)
            self._step = None
        if self._stop is not None:
            self._finish()
        elif not self._todo:
            self._phase = _Phase.CONCLUDING
            self._emit(Progress, stage="Comparing the photos")
            self._give(CONCLUDE, space=self._space, totals=self._totals(), steps=self._tally.photos)
        elif self._is_paused and self._is_parking:
            self._emit(Parked, step=self._step_number)
            self._end()

    def _give_shards(self, most: int) -> None:
        while self._todo and len(self._out) < most:
            number = self._todo.popleft()
            self._give(number, content=self._shards[number][1], space=self._space)

    def _give(self, number: int, **fields: Any) -> None:
        self._out[number] = None
        self._reach.give(self._plain.model_copy(update={"number": number, **fields}))

    def _again(self, number: int) -> None:
        """A worker died, and with it what it had of this part."""
        self._deaths[number] += 1
        if self._deaths[number] >= MOST_DEATHS:
            self.fail(
                f"{MOST_DEATHS} workers died of the same photos, most likely out of memory: "
                "choose a smaller network or give the workers more memory."
            )
            return
        if self._stop is None:
            self._emit(Progress, stage="A worker ended unexpectedly; others take over")
        if number == PREPARE:
            self.begin()
        elif number == CONCLUDE:
            self._phase = _Phase.WORKING
        else:
            self._todo.appendleft(number)
        self._go_on()

    def _stop_all(self, command: int) -> None:
        self._stop = command
        self._reach.stop()
        for number, done in list(self._out.items()):
            if done is None:  # not begun, so nothing of it is to be kept
                del self._out[number]
                self._reach.forget(number)
        if self._phase is not _Phase.WORKING:
            self._finish()

    def _finish(self) -> None:
        space = Space(**self._space) if self._space else None
        summary = self._tally.totals(space).summary() if space else {}
        self._emit(
            Finished,
            state=RunState.STOPPED,
            step=self._step_number,
            summary=summary,
            png=None,
            command=self._stop,
        )
        self._end()

    def _end(self) -> None:
        for number in self._out:
            self._reach.forget(number)
        self._out.clear()
        self._phase = _Phase.ENDED

    # -- what is told --------------------------------------------------------------------------

    @property
    def _step_number(self) -> int:
        return self._tally.settled + sum(done or 0 for done in self._out.values())

    def _totals(self) -> dict[str, Any]:
        """Plain fields, for the way to a worker."""
        totals = asdict(self._tally.totals(Space(**self._space)))
        return {name: value for name, value in totals.items() if name != "space"}

    def _tell_step(self) -> None:
        self._emit(Reached, step=self._step_number, rate=self._tally.pace.rate)

    def _tell_state(self, command: int) -> None:
        state = RunState.PAUSED if self._is_paused else RunState.RUNNING
        self._emit(StateChanged, state=state, step=self._step_number, command=command)

    def _emit(self, kind: Callable[..., Event], **fields: Any) -> None:
        self._reach.emit(kind(run=self._plain.run, attempt=self.attempt, **fields))
