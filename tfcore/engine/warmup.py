"""Getting a worker ready before anybody waits for it."""

from __future__ import annotations

import contextlib
import logging
import threading

import psutil
from distributed import Worker, WorkerPlugin

from tfcore import catalog
from tfcore.engine import heavy
from tfcore.engine.cluster import RUN_RESOURCE
from tfcore.engine.mailbox import is_busy
from tfcore.engine.task import send
from tfcore.events import WorkerStage
from tfcore.settings import SynthesizeSettings

_NICE = 10

log = logging.getLogger(__name__)


class WarmUp(WorkerPlugin):  # type: ignore[misc]  # Dask has no types
    """Loads TensorFlow and compiles the default step on every worker that starts.

    A worker that was killed and started again by its nanny is warmed just the same. The work is
    done in a thread, so that the worker is open for runs at once; a run that comes early waits
    for the same lock and finds the work done.

    Args:
        is_polite: Whether the worker lets other processes of its machine go first: pages that are
            looked at while it computes would otherwise wait for it.
    """

    name = "transferlab-warm-up"

    def __init__(self, is_polite: bool) -> None:
        self.is_polite = is_polite

    def setup(self, worker: Worker) -> None:
        """Start warming; called by Dask when the worker starts."""
        if self.is_polite:
            _step_back()
        if not worker.state.total_resources.get(RUN_RESOURCE):
            return  # it grows no pictures
        threading.Thread(target=_warm, args=[worker], name="warm-up", daemon=True).start()


def _step_back() -> None:
    """Lower this process's priority."""
    calmer = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", _NICE)  # the word is Windows's
    with contextlib.suppress(psutil.Error, OSError):
        psutil.Process().nice(calmer)


def _warm(worker: Worker) -> None:
    def tell(stage: str, is_ready: bool = False) -> None:
        send(worker, WorkerStage(stage=stage, is_ready=is_ready))

    try:
        tell("Loading TensorFlow")
        heavy.load()
        from tfcore.synthesis.procedure import Synthesis

        title = catalog.get(catalog.DEFAULT).title
        tell(f"Building {title}")
        for recipe in ("natural", "lesson-tv"):
            if is_busy():
                break  # a run came first: it compiles what it needs, and nothing may slow it down
            settings = SynthesizeSettings(recipe=recipe, steps=1)
            job = Synthesis(settings, None)
            if recipe == "natural":
                tell(f"Compiling the first step for {title}")
            job.step()
            job.preview()
            # The lesson's recipes compile behind the open door.
            tell("Ready", is_ready=True)
        tell("Ready", is_ready=True)
    except Exception:
        # A warm-up is a favour: a run that meets the same trouble reports it to its owner.
        log.exception("warm-up broke")
        tell("Ready, but not warmed: the engine's log tells why", is_ready=True)
