"""Turning steps into few, small events: figures in batches, a picture now and then."""

from __future__ import annotations

import time
from collections.abc import Callable

from tfcore import images
from tfcore.events import Checkpoint, Event, Frame, Metrics
from tfcore.procedure import Procedure

TICK_SECONDS = 0.25
"""How often a watcher gets news. More often costs the step and shows a person nothing."""

PICTURE_SHARE = 0.05
"""At most this share of the time goes into pictures, unless a second has passed without one."""

SLOWEST_PICTURE_SECONDS = 1.0

CHECKPOINT_STEPS = 20
CHECKPOINT_SECONDS = 5.0
_RATE_MEMORY = 0.7

Emit = Callable[[Event], None]


class Reporter:
    """Collects what happened and sends it at a steady pace.

    Args:
        job: The running procedure.
        run, attempt: Written into every event.
        emit: Sends one event.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        job: Procedure,
        run: str,
        attempt: int,
        emit: Emit,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._job, self._run, self._attempt = job, run, attempt
        self._emit, self._clock = emit, clock
        self._rows: list[tuple[int, dict[str, float]]] = []
        self._seconds = self._rate = 0.0
        self._told = job.step_number
        self._flushed = self._ticked = self._saved_at = clock()
        self._saved_step = self._framed_step = -1
        self._saved = b""
        self._unsaved = 0  # counted, because a step of a data set counts as many as it looks at
        self._framed_at, self._pause_between_pictures = self._flushed, TICK_SECONDS

    def stepped(self, values: dict[str, float], seconds: float) -> None:
        """Note one step and send what is due."""
        step = self._job.step_number
        self._rows.append((step, values))
        self._seconds += seconds
        self._unsaved += 1
        now = self._clock()
        is_first = self._rate == 0.0
        if is_first or now - self._ticked >= TICK_SECONDS:
            self._ticked = now
            self.figures()
            if is_first or now - self._framed_at >= self._pause_between_pictures:
                self.frame()
        if self._unsaved >= CHECKPOINT_STEPS or now - self._saved_at >= CHECKPOINT_SECONDS:
            self.checkpoint()

    def flush(self) -> None:
        """Send the collected figures and the present picture now."""
        self.figures()
        self.frame()

    def figures(self) -> None:
        """Send the collected figures now."""
        now = self._clock()
        if self._rows:
            done = self._rows[-1][0] - self._told
            self._told = self._rows[-1][0]
            fresh = done / max(now - self._flushed, 1e-6)
            self._rate = (
                fresh
                if self._rate == 0.0
                else _RATE_MEMORY * self._rate + (1 - _RATE_MEMORY) * fresh
            )
            self._emit(
                Metrics(
                    run=self._run,
                    attempt=self._attempt,
                    rows=self._rows,
                    rate=self._rate,
                    seconds=self._seconds,
                )
            )
            self._rows, self._seconds = [], 0.0
        self._flushed = now

    def frame(self) -> None:
        """Send the present picture unless it was sent already."""
        step = self._job.step_number
        if step == self._framed_step:
            return
        began = self._clock()
        preview = self._job.preview()
        if preview is None:
            return
        self._emit(
            Frame(
                run=self._run,
                attempt=self._attempt,
                step=step,
                jpeg=images.to_jpeg(preview.image),
                top5=list(preview.top5),
            )
        )
        self._framed_step, self._framed_at = step, began
        wanted = (self._clock() - began) / PICTURE_SHARE
        self._pause_between_pictures = min(SLOWEST_PICTURE_SECONDS, max(TICK_SECONDS, wanted))

    def checkpoint(self) -> None:
        """Send everything that is needed to go on from here.

        A job whose state is large may give that of an earlier moment, the same bytes again and
        again: they are sent once.
        """
        step = self._job.step_number
        if step == self._saved_step:
            return
        state = self._job.state()
        if state is not self._saved:
            self.figures()  # whoever goes on from here does not come by these steps again
            self._emit(Checkpoint(run=self._run, attempt=self._attempt, step=step, state=state))
        self._saved_step, self._saved_at, self._unsaved = step, self._clock(), 0
        self._saved = state

    def waited(self) -> None:
        """A pause ended: its time counts neither for the rate nor for the pace."""
        self._flushed = self._ticked = self._clock()
