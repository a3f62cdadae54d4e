"""How a task ended that a worker was given."""

from __future__ import annotations

from distributed import Future, KilledWorker


class WorkerLost(Exception):
    """The worker is gone, and with it what it was doing."""


def failure(future: Future) -> BaseException | None:
    """Why a future failed, or None; asked in a callback, when it is known.

    Returns:
        ``WorkerLost`` unless the task itself raised something.
    """
    if future.status == "finished":
        return None
    if future.status != "error":
        return WorkerLost(f"task {future.status}")
    error = future.exception()
    if isinstance(error, KilledWorker):
        return WorkerLost(str(error))
    return error if isinstance(error, BaseException) else RuntimeError(str(error))
