"""The one loop that drives every procedure: cadence, pause, stop, steering, divergence."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tfcore.engine.mailbox import Mailbox
from tfcore.engine.report import Emit, Reporter
from tfcore.errors import UserError
from tfcore.events import Failed, Order, Parked, RunState, Started, StateChanged, Steered, Verb
from tfcore.procedure import Procedure, Result, Salvageable

PARK = "park"


@dataclass
class Drive:
    """One attempt at a run, from its first or resumed step to its end.

    Args:
        job: What to drive.
        run, attempt: Written into every event.
        mailbox: Orders come from here.
        emit: Events go there.
        marks: ``(step, changes)`` that were steered in before and must act again at their step.
        is_paused: Start in pause, as a parked run that shall do single steps.
    """

    job: Procedure
    run: str
    attempt: int
    mailbox: Mailbox
    emit: Emit
    marks: Sequence[tuple[int, dict[str, float]]] = ()
    is_paused: bool = False
    clock: Callable[[], float] = time.perf_counter
    _stop: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._report = Reporter(self.job, self.run, self.attempt, self.emit, self.clock)
        self._left = [mark for mark in self.marks if mark[0] >= self.job.step_number]

    def go(self) -> RunState | None:
        """Drive to the end.

        Returns:
            finished or stopped; None when the run was parked or failed and its own event told so.
        """
        self.emit(
            Started(
                run=self.run,
                attempt=self.attempt,
                step=self.job.step_number,
                steps=self.job.steps,
            )
        )
        try:
            self._report.frame()
            self._report.checkpoint()
            while self.job.step_number < self.job.steps:
                self._replay_marks()
                if not self._obey():
                    return None
                if self._stop is not None:
                    self._report.flush()
                    self._report.checkpoint()
                    return RunState.STOPPED
                if not self.is_paused:
                    self._step()
            self._report.flush()
        except FloatingPointError as error:
            self._report.figures()  # the good ones that were not sent yet
            left = self.job.salvage() if isinstance(self.job, Salvageable) else Result()
            self.emit(
                Failed(
                    run=self.run,
                    attempt=self.attempt,
                    step=self.job.step_number,
                    reason=str(error),
                    summary=left.summary,
                    files=dict(left.files),
                )
            )
            return None
        return RunState.FINISHED

    @property
    def stop_command(self) -> int | None:
        """The command that stopped the run."""
        return self._stop

    def _step(self) -> None:
        began = self.clock()
        values = self.job.step()
        bad = sorted(name for name, value in values.items() if not math.isfinite(value))
        if bad:
            raise FloatingPointError(
                f"The numbers grew beyond all bounds at step {self.job.step_number} "
                f"({', '.join(bad)}): lower the learning rate and start again."
            )
        self._report.stepped(values, self.clock() - began)

    def _replay_marks(self) -> None:
        while self._left and self._left[0][0] <= self.job.step_number:
            self.job.steer(self._left.pop(0)[1])

    def _obey(self) -> bool:
        """Act on the orders that wait; False when the run gives its place away."""
        while (order := self.mailbox.poll()) is not None or self.is_paused:
            if order is None:
                order = self.mailbox.wait()
            if order.verb == PARK:
                if self.is_paused:
                    self._report.checkpoint()
                    self.emit(Parked(run=self.run, attempt=self.attempt, step=self.job.step_number))
                    return False
            elif order.verb == Verb.STOP:
                self._stop = order.command
                return True
            else:
                self._act(order)
            if self.job.step_number >= self.job.steps:
                return True
        return True

    def _act(self, order: Order) -> None:
        if order.verb == Verb.STEER:
            changes = self.job.steer(order.changes)
            self.emit(
                Steered(
                    run=self.run,
                    attempt=self.attempt,
                    step=self.job.step_number,
                    changes=dict(changes),
                    command=order.command,
                )
            )
            return
        if order.verb == Verb.PAUSE:
            self.is_paused = True
        elif order.verb == Verb.RESUME:
            self.is_paused = False
            self._report.waited()
        elif order.verb == Verb.STEP:
            self.is_paused = True
            self._step()
            self._replay_marks()  # the next single step may come without a round of the loop
        else:
            raise UserError(f'order "{order.verb}"', "a known order", "update the engine")
        if self.is_paused:
            self._report.flush()
            self._report.checkpoint()
        self.emit(
            StateChanged(
                run=self.run,
                attempt=self.attempt,
                state=RunState.PAUSED if self.is_paused else RunState.RUNNING,
                step=self.job.step_number,
                command=order.command,
            )
        )
