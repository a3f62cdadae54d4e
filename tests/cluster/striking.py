"""SIGKILL for a worker under a run, and what it cost."""

import math
import random
import time
from dataclasses import dataclass

import psutil

from tests.browser.waiting import until
from tests.cluster.lab import RUN_SECONDS, Lab
from tfcore.engine.report import CHECKPOINT_STEPS, TICK_SECONDS

_WORKER_BYTES = 60e6  # a worker has imported its packages; other helpers of the engine are smaller
_LOADING_SECONDS = 3.0


@dataclass(frozen=True)
class Strike:
    """What a kill did.

    Attributes:
        resumed: Step from which the next attempt goes on.
        redone: Steps done twice. What the worker did after its last report nobody can know, so it
            counts at the pace of that report, rounded up.
    """

    resumed: int
    redone: int

    @property
    def next_place(self) -> int:
        """First step at which another kill does not count as a death at the same place."""
        return self.resumed + CHECKPOINT_STEPS + 1


def strike(lab: Lab, run: str, step: int, draw: random.Random) -> Strike:
    """Kill the worker a random moment after the record has reached a step.

    The moment lies anywhere between two reports, the first one after ``step``.
    """
    seen = lab.wait_step(run, step)

    def reported() -> bool:
        record = lab.store.run(run)
        assert record.state.is_live, f"it ended at step {record.step}, before it could be struck"
        return bool(record.step > seen.step)

    until(reported, seconds=RUN_SECONDS, what="a fresh report", every=0.005)
    last, heard = lab.store.run(run), time.monotonic()
    _pause(draw.uniform(0.0, TICK_SECONDS))
    lab.kill_worker()
    unreported = last.rate * (time.monotonic() - heard)

    def taken_up() -> int | None:
        lab.look()
        again = lab.store.run(run)
        return again.attempt if again.attempt > last.attempt else None

    until(taken_up, seconds=RUN_SECONDS, what="the next attempt", every=0.005)
    saved = lab.store.checkpoint(run)
    resumed = saved[0] if saved else 0
    return Strike(resumed, max(0, math.ceil(last.step + unreported) - resumed))


def strike_while_loading(lab: Lab, draw: random.Random) -> None:
    """Right after ``strike``: kill the next worker as well, a random moment into its loading.

    No step is done twice: none was done.
    """

    def found() -> psutil.Process | None:
        lab.look()
        worker = lab.worker()
        return worker if worker.memory_info().rss > _WORKER_BYTES else None

    worker = until(found, seconds=RUN_SECONDS, what="the next worker")
    _pause(draw.uniform(0.0, _LOADING_SECONDS))
    worker.kill()


def _pause(seconds: float) -> None:
    """Let a moment pass that nothing tells of."""
    deadline = time.monotonic() + seconds
    until(lambda: time.monotonic() >= deadline, seconds=60, what="the moment", every=0.002)
