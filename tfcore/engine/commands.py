"""The desk where commands are taken: checked against the owner and the run's state, then passed on.

A command is stored before anything is done about it. It stays open until its effect has been
recorded, so that neither a killed worker nor a killed engine loses it.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Mapping

from tfcore import parsing, trained
from tfcore.config import Config
from tfcore.engine.admission import admit
from tfcore.engine.connection import code_digest
from tfcore.engine.loop import PARK
from tfcore.engine.titles import title
from tfcore.errors import UserError
from tfcore.events import Order, RunState, Verb
from tfcore.settings import KINDS, read
from tfcore.store.records import Command, Run
from tfcore.store.writer import RunWriter

log = logging.getLogger(__name__)

_ORDERS = (Verb.PAUSE, Verb.STEP, Verb.RESUME, Verb.STOP, Verb.STEER)
"""What a task on a worker understands."""


class Desk:
    """Takes stored commands and sees them through.

    Args:
        store: Where commands come from and runs are kept.
        config: Limits for new runs.
        announce: Sends an order to the workers.
    """

    def __init__(self, store: RunWriter, config: Config, announce: Callable[[Order], None]) -> None:
        self._store, self._config, self._announce = store, config, announce
        self._own_numbers = itertools.count(-1, -1)
        self._parking: set[tuple[str, int]] = set()
        self.is_retiring = False

    def take_commands(self, active: set[str]) -> None:
        """Act on every open command.

        Args:
            active: Runs that have a task on a worker.
        """
        for command in self._store.open_commands():
            try:
                with self._store.transaction():
                    self._take(command, active)
            except UserError as error:
                self._store.handled(command.id, str(error))
            except Exception:
                # One bad command must not take everybody's engine down, again at each start.
                log.exception("command %d broke", command.id)
                self._store.handled(command.id, "Something broke; the engine's log tells what.")

    def announce_again(self, run: str, attempt: int) -> None:
        """Say a run's open commands again: its task has just begun to listen."""
        self._parking.discard((run, attempt))  # it may have been asked before it listened
        for command in self._store.open_commands(run):
            if command.verb in _ORDERS:
                with contextlib.suppress(UserError):  # refused in words when it is taken
                    self._checked_run(command)
                    self._pass_on(command, attempt)

    def done(self, command: int) -> None:
        """A command's effect has been recorded."""
        self._store.handled(command)

    def close(self, run: str, reason: str) -> None:
        """A run has ended: what is still open for it is refused."""
        for command in self._store.open_commands(run):
            if command.verb is not Verb.DELETE:
                self._store.handled(command.id, reason)

    def wants_step(self, run: str) -> bool:
        """Whether a queued run shall start in pause, to do a single step."""
        return any(c.verb is Verb.STEP for c in self._store.open_commands(run))

    def park_paused(self, active: set[str]) -> None:
        """Ask paused runs to give their place to those who wait."""
        paused = self._store.runs([RunState.PAUSED])
        self._parking &= {(run.id, run.attempt) for run in paused}  # a later pause is asked anew
        for run in paused:
            if run.id in active and (run.id, run.attempt) not in self._parking:
                self._parking.add((run.id, run.attempt))
                self._announce(Order(command=next(self._own_numbers), run=run.id, verb=PARK))

    def park_ended(self, active: set[str]) -> None:
        """Ask those who judge a finished picture to go on when nobody waits.

        A run that was stopped, is being judged and shall go on is queued already.
        """
        for run in active:
            record = self._store.run(run)
            if record is not None and record.state not in (RunState.RUNNING, RunState.PAUSED):
                order = Order(
                    command=next(self._own_numbers), run=run, verb=PARK, attempt=record.attempt
                )
                self._announce(order)

    def silence(self, run: str, attempt: int) -> None:
        """Stop a task whose run has ended or moved on without it."""
        number = next(self._own_numbers)
        self._announce(Order(command=number, run=run, verb=Verb.STOP, attempt=attempt))

    # -- one command ---------------------------------------------------------------------------

    def _take(self, command: Command, active: set[str]) -> None:
        if command.verb is Verb.RETIRE:
            self.is_retiring = command.payload.get("code") != code_digest()
            self._store.handled(command.id)
            return
        if command.verb is Verb.SUBMIT:
            settings = admit(command, self._store, self._config)
            self._store.create(command, title=title(settings), settings=settings.model_dump())
            steering = command.payload["steering"]
            for number, (step, changes) in enumerate(steering, -len(steering)):
                # Below every command's number and growing: marks of one step keep their order.
                self._store.add_mark(command.run, int(step), number, changes)
            self._store.handled(command.id)
            return
        run = self._checked_run(command)
        if command.verb is Verb.DELETE:
            self._delete(command, run, active)
        elif run.id in active and run.state.is_live:
            self._to_active(command, run)
        else:
            self._to_waiting(command, run)

    def _checked_run(self, command: Command) -> Run:
        """The run that a command is meant for, when its owner may ask this of it."""
        run = self._store.run(command.run)
        if run is None:
            raise UserError(f"run {command.run}", "a run that exists", "open the page Runs")
        if run.owner != command.owner:
            raise UserError("somebody else's run", "a run of yours", "start one of your own")
        if command.verb is Verb.STEER:
            parsing.check_steering(command.payload, KINDS[run.kind])
            own = {str(run.settings.get("vary", ""))}
            if run.settings.get("smallest"):
                own |= {"epsilon", "step_size"}
            if taken := own & set(command.payload):
                raise UserError(
                    f"a new {min(taken)}",
                    "something that this run does not vary by itself",
                    "move another slider, or start a plain run",
                )
        return run

    def _to_active(self, command: Command, run: Run) -> None:
        """A run with a task; while that still loads or compiles it hears nothing."""
        if command.verb is Verb.STOP and run.stage:
            # The record stops now; the task is told as soon as it listens, and the next attempt's
            # number mutes whatever it still says.
            self._end(run, RunState.STOPPED)
            self._store.handled(command.id)
            self._store.begin_attempt(run.id)
            self.silence(run.id, run.attempt)
            return
        if command.verb is Verb.PAUSE and run.stage:
            self._store.update(run.id, state=RunState.PAUSED)
        elif command.verb is Verb.RESUME and run.stage:
            self._store.update(run.id, state=RunState.RUNNING)
        self._pass_on(command, run.attempt)

    def _to_waiting(self, command: Command, run: Run) -> None:
        """A run without a task: queued, parked, interrupted, or ended."""
        verb, state = command.verb, run.state
        if verb is Verb.STEP and (state.is_resumable or state is RunState.QUEUED):
            if state is not RunState.QUEUED:
                self._store.update(run.id, state=RunState.QUEUED, ended=None)
            return  # stays open: the run does it when its turn has come
        if verb is Verb.STOP and state in (RunState.QUEUED, RunState.PAUSED):
            self._end(run, RunState.STOPPED)
        elif verb is Verb.PAUSE and state is RunState.QUEUED:
            self._store.update(run.id, state=RunState.PAUSED)
        elif verb is Verb.RESUME and state.is_resumable and run.has_rest:
            self._store.update(run.id, state=RunState.QUEUED, ended=None, summary={})
        elif verb is Verb.STEER and state.is_live:
            self._store.add_mark(run.id, run.step, command.id, self._completed(command, run))
        elif not (verb is Verb.RESUME and state is RunState.QUEUED):
            raise UserError(
                f'"{verb}" for a run that is {state}',
                "a run that can do so",
                "start a new run with the same settings",
            )
        self._store.handled(command.id)

    def _completed(self, command: Command, run: Run) -> Mapping[str, float]:
        """What a waiting run is told when it goes on, with what follows from it."""
        now = dict(run.settings)
        for mark in self._store.marks(run.id):
            now |= mark.changes
        return read(run.settings).completed(command.payload, now)

    def _delete(self, command: Command, run: Run, active: set[str]) -> None:
        if self._config.demo:
            raise UserError("delete", "nothing to be deleted in a demo", "leave it as it is")
        if run.id in active:
            self.silence(run.id, run.attempt)
        self._store.delete(run.id)
        trained.remove(trained.name_of(run.id), self._config.data)
        self._store.handled(command.id)
        self.close(run.id, "The run was deleted.")

    def _end(self, run: Run, state: RunState) -> None:
        """End a run that has no picture to be judged."""
        summary = {**run.summary, "is_judged": True}
        self._store.update(
            run.id, state=state, stage="", rate=0.0, ended=time.time(), summary=summary
        )

    def _pass_on(self, command: Command, attempt: int) -> None:
        changes = dict(command.payload) if command.verb is Verb.STEER else {}
        self._announce(
            Order(
                command=command.id,
                run=command.run,
                verb=command.verb,
                changes=changes,
                attempt=attempt,
            )
        )
