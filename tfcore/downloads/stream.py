"""An answer over HTTP, read in a thread of its own: a read that waits hears no Stop."""

from __future__ import annotations

import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPMessage
from types import TracebackType

_CHUNK = 1 << 18
_AHEAD = 8  # chunks that may wait to be written
_BEAT_SECONDS = 0.1
_RANGE_NOT_SATISFIABLE = 416


class Broken(Exception):
    """The connection was lost, or what it brings makes no sense; another try may do."""


class Refused(Exception):
    """The server does not give the file."""


class Stalled(Exception):
    """Nothing has come for too long."""


class Stream:
    """Ask for a file and iterate over what comes, in chunks.

    Args:
        url: Address, a constant of ours.
        headers: Sent with the question.
        patience: Seconds to wait for the answer, and for each next byte.
        check: Called ten times a second; what it raises ends the waiting.

    Attributes:
        status: 200, 206 or 416.
        headers: The answer's.

    Raises:
        Broken: There is no connection, or it was lost.
        Refused: The server answered with another status.
        Stalled: Nothing came.
    """

    def __init__(
        self, url: str, headers: dict[str, str], patience: float, check: Callable[[], None]
    ) -> None:
        self._patience, self._check = patience, check
        self._gone = threading.Event()
        self._items: queue.Queue[object] = queue.Queue(_AHEAD)
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - from the catalog
        threading.Thread(target=self._read, args=[request], name="download", daemon=True).start()
        try:
            first = self._next()
        except BaseException:
            self._gone.set()
            raise
        self.status, self.headers = first if isinstance(first, tuple) else (0, HTTPMessage())

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gone.set()

    def __iter__(self) -> Iterator[bytes]:
        while isinstance(chunk := self._next(), bytes) and chunk:
            yield chunk

    # -- in the caller's thread ----------------------------------------------------------------

    def _next(self) -> object:
        began = time.monotonic()
        while True:
            try:
                item = self._items.get(timeout=_BEAT_SECONDS)
            except queue.Empty:
                self._check()
                if time.monotonic() - began > self._patience:
                    raise Stalled(self._silence()) from None
                continue
            if isinstance(item, BaseException):
                raise self._meaning(item) from item
            return item

    def _silence(self) -> str:
        return f"the download stalled: nothing came for {self._patience:.0f} s"

    def _meaning(self, error: BaseException) -> Exception:
        if isinstance(error, urllib.error.HTTPError):
            return Refused(f"the server answered {error.code} {error.reason}")
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(cause, TimeoutError):
            return Stalled(self._silence())
        return Broken(f"the download failed: {cause}")

    # -- in the reading thread -----------------------------------------------------------------

    def _read(self, request: urllib.request.Request) -> None:
        try:
            with urllib.request.urlopen(request, timeout=self._patience) as answer:  # noqa: S310
                self._put((answer.status, answer.headers))
                while not self._gone.is_set():
                    # One piece as it comes: a full chunk would hide a slow line for minutes.
                    chunk = answer.read1(_CHUNK)
                    self._put(chunk)
                    if not chunk:
                        return
        except urllib.error.HTTPError as error:
            with error:
                beyond = error.code == _RANGE_NOT_SATISFIABLE
                self._put((error.code, error.headers) if beyond else error)
        except (OSError, HTTPException, ValueError) as error:
            self._put(error)

    def _put(self, item: object) -> None:
        while not self._gone.is_set():
            try:
                self._items.put(item, timeout=_BEAT_SECONDS)
            except queue.Full:
                continue
            return
