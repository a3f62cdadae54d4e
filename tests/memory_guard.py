"""Holding a tree of processes to a limit of memory, where no container does it."""

import threading
from collections.abc import Callable, Iterable
from types import TracebackType

import psutil

from tests import processes


class MemoryGuard:
    """Watches how much memory processes hold together; kills them all above a limit.

    It stands for the kernel of a shared host, which does the same. Unlike a control group it works
    for every user on every system, and counts no pages of files that could be dropped at once.

    Example:
        >>> with MemoryGuard(server.processes, limit=2_700_000_000) as guard:  # doctest: +SKIP
        ...     use(server)
        >>> guard.peak  # doctest: +SKIP
    """

    def __init__(
        self, watched: Callable[[], Iterable[psutil.Process]], *, limit: int, every: float = 0.25
    ) -> None:
        self.peak = 0
        self.exceeded = False
        self._watched = watched
        self._limit = limit
        self._every = every
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory guard", daemon=True)

    def __enter__(self) -> "MemoryGuard":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join(30)
        if self.exceeded:
            said = f"held {self.peak / 1e6:.0f} MB, allowed are {self._limit / 1e6:.0f} MB"
            raise AssertionError(f"the processes were killed: they {said}") from error

    def _watch(self) -> None:
        while not self.exceeded:
            found = list(self._watched())
            held = processes.memory_bytes(found)
            self.peak = max(self.peak, held)
            if held > self._limit:
                self.exceeded = True
                processes.end_all(found, seconds=1)
            if self._done.wait(self._every):
                return
