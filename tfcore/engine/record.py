"""Writing down what runs report: one event, one transaction."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from tfcore import events, trained
from tfcore.engine.commands import Desk
from tfcore.events import RunState
from tfcore.store.records import Run
from tfcore.store.writer import RunWriter

log = logging.getLogger(__name__)


class Recorder:
    """Turns events into rows; events of an older attempt are dropped.

    Args:
        store: Where to write.
        desk: Told when a command has been acted on.
    """

    def __init__(self, store: RunWriter, desk: Desk) -> None:
        self._store, self._desk = store, desk
        self._writers: dict[type, Callable[[Any, Run], None]] = {
            events.Started: self._started,
            events.Progress: self._progress,
            events.Metrics: self._metrics,
            events.Reached: self._reached,
            events.Frame: self._frame,
            events.Steered: self._steered,
            events.StateChanged: self._state_changed,
            events.Checkpoint: self._checkpoint,
            events.Parked: self._parked,
            events.Finished: self._finished,
            events.SecondOpinion: self._opinion,
            events.Failed: self._failed,
        }

    def write(self, event: Any) -> None:
        """Record one event of a run."""
        run = self._store.run(event.run)
        if run is None or run.attempt != event.attempt:
            log.info("dropped %s of %s attempt %d", event.type, event.run, event.attempt)
            return
        if not run.state.is_live and not isinstance(event, events.SecondOpinion):
            return
        with self._store.transaction():
            self._writers[type(event)](event, run)

    def fail(self, run: str, reason: str) -> None:
        """End a run that cannot go on."""
        with self._store.transaction():
            self._store.update(
                run, state=RunState.FAILED, reason=reason, stage="", rate=0.0, ended=time.time()
            )
            self._store.drop_checkpoint(run)
            self._desk.close(run, "The run has failed.")

    def settle(self, run: Run) -> None:
        """The run's task is over: no more opinions will come."""
        if run.state in (RunState.FINISHED, RunState.STOPPED):
            self._store.update(run.id, summary={**run.summary, "is_judged": True})

    def _started(self, event: events.Started, run: Run) -> None:
        self._store.update(run.id, step=event.step, steps=event.steps or run.steps)

    def _progress(self, event: events.Progress, run: Run) -> None:
        self._store.update(run.id, stage=event.stage)

    def _metrics(self, event: events.Metrics, run: Run) -> None:
        self._store.add_metrics(run.id, event.rows)
        self._store.update(
            run.id,
            step=event.rows[-1][0],
            rate=event.rate,
            stage="",
            seconds=run.seconds + event.seconds,
        )

    def _reached(self, event: events.Reached, run: Run) -> None:
        self._store.update(run.id, step=event.step, rate=event.rate, stage="")

    def _frame(self, event: events.Frame, run: Run) -> None:
        self._store.add_frame(run.id, event.step, event.jpeg, event.top5)

    def _steered(self, event: events.Steered, run: Run) -> None:
        self._store.add_mark(run.id, event.step, event.command, event.changes)
        self._desk.done(event.command)

    def _state_changed(self, event: events.StateChanged, run: Run) -> None:
        self._store.update(run.id, state=event.state, step=event.step, stage="")
        self._desk.done(event.command)

    def _checkpoint(self, event: events.Checkpoint, run: Run) -> None:
        self._store.save_checkpoint(run.id, event.step, event.state)

    def _parked(self, event: events.Parked, run: Run) -> None:
        self._store.update(run.id, state=RunState.PAUSED, step=event.step, rate=0.0)

    def _finished(self, event: events.Finished, run: Run) -> None:
        self._store.update(
            run.id,
            state=event.state,
            step=event.step,
            summary=event.summary,
            stage="",
            ended=time.time(),
        )
        if event.png is not None:
            self._store.add_artifact(run.id, "image.png", event.png)
        self._keep(run, event.files)
        if event.state is RunState.FINISHED:
            self._store.drop_checkpoint(run.id)
        if event.command is not None:
            self._desk.done(event.command)
        self._desk.close(run.id, f"The run has {event.state} already.")

    def _keep(self, run: Run, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            self._store.add_artifact(run.id, name, content)
        if trained.FILE in files:
            # Where the catalog of every process of this data folder finds it.
            trained.install(trained.name_of(run.id), files[trained.FILE], self._store.path.parent)

    def _opinion(self, event: events.SecondOpinion, run: Run) -> None:
        summary = dict(run.summary)
        if event.network:
            opinions = dict(summary.get("second_opinion", {}))
            summary["second_opinion"] = {**opinions, event.network: event.verdict}
            self._store.update(run.id, summary=summary)
        else:
            self.settle(run)

    def _failed(self, event: events.Failed, run: Run) -> None:
        reached = max(event.step, run.step)
        self._store.update(
            run.id,
            state=RunState.FAILED,
            step=reached,
            reason=event.reason,
            summary=event.summary or run.summary,
            stage="",
            rate=0.0,
            ended=time.time(),
        )
        self._keep(run, event.files)
        self._store.drop_checkpoint(run.id)
        self._desk.close(run.id, "The run has failed.")
