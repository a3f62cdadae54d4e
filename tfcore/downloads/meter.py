"""How far a download is: bytes, rate, time left, and the moment to stop."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

TELL_SECONDS = 0.25
_WINDOW_SECONDS = 5.0  # the rate of late, so that a slow beginning is soon forgotten
_RATE_SECONDS = 0.5  # over less a rate says nothing


class DownloadStopped(Exception):
    """A download that was told to stop; what has come is kept for the next try."""


@dataclass(frozen=True)
class Transfer:
    """How far a download is.

    Args:
        done: Bytes that are here, from earlier tries too.
        total: Bytes in all; an estimate if the server does not say.
        rate: Bytes a second of late; 0 while it is not known.

    Example:
        >>> str(Transfer(45_000_000, 102_000_000, 3_200_000))
        '45 of 102 MB, 3.2 MB/s, 18 s left'
    """

    done: int
    total: int
    rate: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take at this rate; None while the rate is not known."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None

    def __str__(self) -> str:
        """For people: bytes, and rate and time left once they are known."""
        digits = 0 if self.total >= 10e6 else 1
        parts = [f"{self.done / 1e6:.{digits}f} of {self.total / 1e6:.{digits}f} MB"]
        left = self.seconds_left
        if left is not None:
            parts.append(f"{self.rate / 1e6:.{1 if self.rate >= 1e5 else 3}f} MB/s")
            parts.append(f"{left:.0f} s left" if left < 90 else f"{left / 60:.0f} min left")
        return ", ".join(parts)


Progress = Callable[[Transfer], None]


class Meter:
    """Measures a download as it goes and passes on what is worth telling.

    Args:
        progress: Told at most every ``TELL_SECONDS``, and of the end.
        should_stop: Whether to stop.
        clock: Seconds, rising.
    """

    def __init__(
        self,
        progress: Progress | None,
        should_stop: Callable[[], bool] | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress, self._should_stop, self._clock = progress, should_stop, clock
        self._past: deque[tuple[float, int]] = deque()
        self._told, self._total = float("-inf"), 0

    def beat(self) -> None:
        """Time has passed and nothing has come: the rate falls.

        Raises:
            DownloadStopped: It is time to stop.
        """
        if self._past:
            self.reached(self._past[-1][1], self._total)
        else:
            self._heed()

    def reached(self, done: int, total: int) -> None:
        """So many bytes are here now.

        Raises:
            DownloadStopped: It is time to stop.
        """
        self._heed()
        now, self._total = self._clock(), total
        if self._past and done < self._past[-1][1]:
            self._past.clear()  # it began anew
        self._past.append((now, done))
        while len(self._past) > 2 and now - self._past[0][0] > _WINDOW_SECONDS:
            self._past.popleft()
        if self._progress is not None and (now - self._told >= TELL_SECONDS or done == total):
            self._told = now
            self._progress(Transfer(done, total, self._rate()))

    def _heed(self) -> None:
        if self._should_stop is not None and self._should_stop():
            raise DownloadStopped("The download was stopped; the next one goes on from there.")

    def _rate(self) -> float:
        (began, first), (now, last) = self._past[0], self._past[-1]
        return (last - first) / (now - began) if now - began >= _RATE_SECONDS else 0.0
