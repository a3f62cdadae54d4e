"""How fast a run comes along that several workers do at once, and how long they have been at it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from tfcore.engine.report import TICK_SECONDS

_WINDOW_SECONDS = 10.0
_LEAST_SECONDS = 0.5


class Pace:
    """Counts what comes in, and the time in which anybody works.

    Args:
        seconds: Time worked in earlier attempts.
        clock: Seconds that only go forward.

    Example:
        >>> now = iter([0.0, 0.0, 2.0, 2.0]).__next__
        >>> pace = Pace(0.0, now)
        >>> pace.work(True)
        >>> pace.count(64)
        >>> pace.rate
        32.0
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds, self._clock = seconds, clock
        self._since: float | None = None
        self._count = 0
        self._latest: deque[tuple[float, int]] = deque()
        self._told = clock()

    def work(self, is_working: bool) -> None:
        """Somebody works from now on, or nobody does."""
        if is_working == (self._since is not None):
            return
        now = self._clock()
        if self._since is not None:
            self.seconds += now - self._since
            self._since = None
            self._latest.clear()
        else:
            self._since = now
            self._latest.append((now, self._count))

    def lap(self) -> float:
        """Take the time worked since the last lap, and count it."""
        if self._since is None:
            return 0.0
        now = self._clock()
        spent, self._since = now - self._since, now
        self.seconds += spent
        return spent

    def count(self, steps: int) -> None:
        """Steps were done, whether or not they will stand."""
        if steps > 0:
            self._count += steps
            now = self._clock()
            self._latest.append((now, self._count))
            while now - self._latest[0][0] > _WINDOW_SECONDS:
                self._latest.popleft()

    @property
    def rate(self) -> float:
        """Steps a second in the last ten seconds; 0 when nobody knows."""
        if len(self._latest) < 2:
            return 0.0
        (begin, before), (end, after) = self._latest[0], self._latest[-1]
        return (after - before) / (end - begin) if end - begin >= _LEAST_SECONDS else 0.0

    def is_due(self) -> bool:
        """Whether a watcher should get news; asked for, they count as given."""
        now = self._clock()
        if now - self._told < TICK_SECONDS:
            return False
        self._told = now
        return True
