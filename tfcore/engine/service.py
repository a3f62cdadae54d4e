"""The engine: takes commands from the store, gives runs to workers, writes down what they report.

All of it happens in one thread that empties one inbox; Dask's callbacks only put messages there.
So every line of the record has one writer and needs no lock.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable
from typing import Any

from distributed import Future

from tfcore.config import Config
from tfcore.engine import carrying, opinions, training, tuning
from tfcore.engine.admission import recorded_mb
from tfcore.engine.cluster import RUN_RESOURCE, Cluster, open_cluster
from tfcore.engine.commands import Desk
from tfcore.engine.crew import Crew
from tfcore.engine.futures import failure
from tfcore.engine.queue import fair_order, is_spread
from tfcore.engine.record import Recorder
from tfcore.engine.task import Assignment, execute
from tfcore.engine.warmup import WarmUp
from tfcore.errors import UserError
from tfcore.events import (
    EVENTS_TOPIC,
    ORDERS_TOPIC,
    WAKE_TOPIC,
    Event,
    Order,
    RunState,
    Started,
    WorkerStage,
    from_message,
    to_message,
)
from tfcore.store.records import Run
from tfcore.store.writer import RunWriter

log = logging.getLogger(__name__)

_BEAT_SECONDS = 1.0
_DEATHS_AT_ONE_PLACE = 3


class Engine:
    """One engine for one data folder.

    Args:
        config: The deployment's limits.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = RunWriter(config.database)
        self.inbox: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self.desk = Desk(self.store, config, self.announce)
        self.recorder = Recorder(self.store, self.desk)
        self.crew = Crew(self.store, config, self._record, self.recorder.settle, self.inbox.put)
        self._cluster: Cluster | None = None
        self._futures: dict[str, tuple[int, Future]] = {}
        self._deaths: dict[str, tuple[int, int]] = {}
        self._needed = time.monotonic()
        self._is_leaving = False

    def leave(self) -> None:
        """Ask the engine to end; safe in a signal handler."""
        self._is_leaving = True
        self.inbox.put(("wake", None))

    def serve(self) -> None:
        """Serve until nobody needs the engine, or until it is told to leave."""
        self.store.say(stage="Starting the engine", ready="")
        self._recover()
        try:
            cluster = self._cluster = open_cluster(self.config)
            self.store.say(stage="Starting a worker")
            client = cluster.client
            client.subscribe_topic(EVENTS_TOPIC, lambda e: self.inbox.put(("event", e[1])))
            client.subscribe_topic(WAKE_TOPIC, lambda _: self.inbox.put(("wake", None)))
            self.crew.open(cluster)
            client.register_plugin(WarmUp(is_polite=cluster.is_own))
            cluster.connection.write(self.config.data)
            self._loop()
        finally:
            self.store.say(stage="", ready="")
            if self._cluster is not None:
                self._cluster.connection.withdraw(self.config.data)
                self._cluster.close()

    def announce(self, order: Order) -> None:
        """Send an order to the workers; the run it is meant for takes it."""
        if not self.crew.pass_on(order) and self._cluster is not None:
            self._cluster.client.log_event(ORDERS_TOPIC, to_message(order))

    # -- the loop ------------------------------------------------------------------------------

    def _loop(self) -> None:
        self._wake()
        beat = time.monotonic()
        while not self._is_leaving:
            try:
                kind, content = self.inbox.get(timeout=_BEAT_SECONDS)
            except queue.Empty:
                kind, content = "wake", None
            if kind == "event":
                self._on_event(content)
            elif kind == "done":
                self._on_done(*content)
            elif kind == "wake" or self.crew.take(kind, content):
                self._wake()
            if time.monotonic() - beat >= _BEAT_SECONDS:
                beat = time.monotonic()
                self.store.clear_expired_leases()
                if self._cluster is not None:
                    self._cluster.connection.keep(self.config.data)
                    self._cluster.heal()
                self.crew.beat()
                self._wake()
                if self._is_idle():
                    return

    def _wake(self) -> None:
        self.desk.take_commands(set(self._futures) | self.crew.runs)
        self._dispatch()

    def _on_event(self, message: dict[str, Any]) -> None:
        event = from_message(message)
        if isinstance(event, WorkerStage):
            self.store.say(stage=event.stage, ready="yes" if event.is_ready else "")
            return
        self._record(event)

    def _record(self, event: Event) -> None:
        self.recorder.write(event)
        if isinstance(event, Started):
            run = self.store.run(event.run)
            if run is None or run.attempt != event.attempt or not run.state.is_live:
                self.desk.silence(event.run, event.attempt)
            else:
                # Whatever was asked for before the task listened is said again.
                self.desk.announce_again(event.run, event.attempt)

    def _on_done(self, run: str, attempt: int, error: BaseException | None) -> None:
        if self._futures.get(run, (attempt,))[0] == attempt:
            self._futures.pop(run, None)
        record = self.store.run(run)
        if record is not None and record.attempt == attempt:
            if error is not None:
                log.warning("run %s attempt %d: %r", run, attempt, error)
            if error is not None and record.state in (RunState.RUNNING, RunState.PAUSED):
                self._again(run, record.state)
            elif error is not None or self.store.artifact(run, "image.png") is None:
                self.recorder.settle(record)
        self._wake()

    def _again(self, run: str, state: RunState) -> None:
        """A worker died under a run: go on from the checkpoint, unless it dies there each time."""
        saved = self.store.checkpoint(run)
        place = saved[0] if saved else 0
        last, count = self._deaths.get(run, (-1, 0))
        count = count + 1 if place == last else 1
        self._deaths[run] = (place, count)
        if count >= _DEATHS_AT_ONE_PLACE:
            reason = (
                f"The worker died {count} times at step {place}, most likely out of memory: "
                "choose a smaller network or give the worker more memory."
            )
            self.recorder.fail(run, reason)
            return
        self.store.update(run, stage="The worker ended unexpectedly; starting a new one")
        self._start(run, is_paused=state is RunState.PAUSED)

    # -- giving work away ----------------------------------------------------------------------

    def _dispatch(self) -> None:
        if self._cluster is None or self.desk.is_retiring:
            return
        waiting = self.store.runs([RunState.QUEUED], limit=None)
        self._dispatch_spread([run for run in waiting if is_spread(run)])
        queued = [run for run in waiting if not is_spread(run)]
        if queued and not self._has_place:
            self.desk.park_paused(set(self._futures))
            self.desk.park_ended(set(self._futures))
        for run in fair_order(queued, self.store.last_started()):
            if not self._has_place:
                return
            self._start(run.id, is_paused=self.desk.wants_step(run.id))
        if not self._has_place:
            return  # without reading what could not be asked about
        for run in self.store.unjudged():
            if self._has_place and run.id not in self._futures:
                self._judge(run)

    def _dispatch_spread(self, queued: list[Run]) -> None:
        """Runs that need no place of their own have a line of their own."""
        if queued and not self.crew.has_place:
            self.desk.park_paused(self.crew.runs)
        for run in fair_order(queued, self.store.last_started()):
            if self.crew.has_place:
                self.crew.start(run, is_paused=self.desk.wants_step(run.id))

    def _memory_in_use(self) -> int:
        """Megabytes that the runs at their places need; 0 when there are none."""
        runs = filter(None, map(self.store.run, self._futures))
        return sum(recorded_mb(run.settings) for run in runs)

    @property
    def _has_place(self) -> bool:
        return self._cluster is not None and len(self._futures) < self._cluster.slots

    def _start(self, run_id: str, *, is_paused: bool) -> None:
        run = self.store.run(run_id)
        if run is None or self._cluster is None:
            return
        try:
            made_of = tuning.handed_on(self.store, run)
        except UserError as error:  # it was deleted while the run waited
            self.recorder.fail(run_id, str(error))
            return
        attempt = self.store.begin_attempt(run_id)
        saved = self.store.checkpoint(run_id)
        state = RunState.PAUSED if is_paused else RunState.RUNNING
        self.store.update(run_id, state=state, step=saved[0] if saved else 0, rate=0.0)
        assignment = Assignment(
            run=run_id,
            attempt=attempt,
            settings=dict(run.settings),
            photo=run.photo,
            **made_of,
            training=training.handed_on(self.store, run),
            checkpoint=saved[1] if saved else None,
            marks=[(mark.step, dict(mark.changes)) for mark in self.store.marks(run_id)],
            is_paused=is_paused,
            step=saved[0] if saved else 0,
            heads=carrying.packed(self.config, run.settings),
        )
        self._give(execute, assignment)

    def _judge(self, run: Run) -> None:
        """Have the other networks asked about a finished picture."""
        question = opinions.question(self.store, self.config, run)
        if question is None:
            self.recorder.settle(run)
        else:
            self._give(opinions.ask, question)

    def _give(
        self, task: Callable[[dict[str, Any]], None], work: Assignment | opinions.Question
    ) -> None:
        """Give a worker something to do; it holds a place until it is done."""
        if self._cluster is None:
            return
        run, attempt = work.run, work.attempt
        future = self._cluster.client.submit(
            task, work.model_dump(), resources={RUN_RESOURCE: 1}, pure=False
        )
        self._futures[run] = (attempt, future)
        future.add_done_callback(
            lambda done: self.inbox.put(("done", (run, attempt, failure(done))))
        )

    # -- the beginning and the end -------------------------------------------------------------

    def _recover(self) -> None:
        """Runs that an earlier engine left behind: they resume on request."""
        for run in self.store.runs([RunState.RUNNING, RunState.PAUSED]):
            is_paused = run.state is RunState.PAUSED
            state = RunState.PAUSED if is_paused else RunState.INTERRUPTED
            saved = self.store.checkpoint(run.id)
            self.store.update(
                run.id, state=state, stage="", rate=0.0, step=saved[0] if saved else run.step
            )

    def _is_idle(self) -> bool:
        """Whether nobody has needed the engine for a while."""
        if self.store.has_lease() or self.store.has_queue():
            self._needed = time.monotonic()
        elif active := set(self._futures) | self.crew.runs:
            self.desk.park_paused(active)
            self._needed = time.monotonic()
        if self.desk.is_retiring:
            return not self._futures and not self.crew.runs
        return time.monotonic() - self._needed > self.config.idle_seconds
