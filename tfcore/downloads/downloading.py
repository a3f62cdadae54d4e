"""One file over HTTP: with progress, to be stopped at any moment, and going on where it stopped.

What has come lies in a folder of its own, ``.downloads`` beside the file's place, with a note of
which file on the server it is a part of. It is moved to its place when it is whole and right, so
that nothing half is ever taken for the file. One process at a time works on it; others wait and see
how far it is. Going on uses ``Range`` and ``If-Range`` (RFC 9110, sections 13.1.5 and 14).
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from http.client import HTTPMessage
from pathlib import Path

from filelock import FileLock, Timeout

from tfcore.downloads.meter import DownloadStopped, Meter, Progress
from tfcore.downloads.stream import Broken, Refused, Stalled, Stream

__all__ = ["DownloadFailed", "DownloadStopped", "fetch", "forget", "kept"]

STALL_SECONDS = 30.0
"""A download that brings nothing for so long is given up."""

FOLDER = ".downloads"
_TRIES = 5  # a line that breaks every time brings the file no nearer
_LOCK_SECONDS = 0.2


class DownloadFailed(Exception):
    """A download that cannot go on; the message is a clause that tells the cause.

    Args:
        cause: The clause.
        kept: Bytes from which the next try goes on.
    """

    def __init__(self, cause: str, kept: int = 0) -> None:
        self.kept = kept
        super().__init__(cause)


@dataclass(frozen=True)
class _Note:
    """Which file on the server a part belongs to.

    Args:
        url: Where it comes from.
        validator: The server's ETag or Last-Modified; empty if it gives none, and then nobody can
            know whether the file is still the same.
        total: Its length in bytes; 0 if the server does not say.
    """

    url: str
    validator: str
    total: int


class _Part:
    """What has come so far, and the note beside it.

    Args:
        place: Where the whole file shall lie.
    """

    def __init__(self, place: Path) -> None:
        self._folder = folder = place.parent / FOLDER
        self.file, self.lock = folder / f"{place.name}.part", folder / f"{place.name}.lock"
        self._note = folder / f"{place.name}.json"

    @property
    def size(self) -> int:
        """Bytes that have come."""
        with contextlib.suppress(OSError):
            return self.file.stat().st_size
        return 0

    @property
    def note(self) -> _Note | None:
        """The note, or None if there is none that can be read."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            return _Note(**json.loads(self._note.read_text(encoding="utf-8")))
        return None

    def make_folder(self) -> None:
        """Make the folder that all of this lies in."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def begin(self, note: _Note) -> None:
        """Start from nothing; the old note goes first, so that a part never has a wrong one."""
        self.discard()
        self.file.touch()
        self._note.write_text(json.dumps(asdict(note)), encoding="utf-8")

    def discard(self) -> None:
        """Throw away what has come."""
        self._note.unlink(missing_ok=True)
        self.file.unlink(missing_ok=True)

    def finish(self, place: Path) -> None:
        """Move the whole file to its place."""
        self.file.replace(place)
        self._note.unlink(missing_ok=True)


def fetch(
    url: str,
    place: Path,
    fault: Callable[[Path], str | None],
    *,
    expected: int = 0,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    stall_seconds: float = STALL_SECONDS,
) -> None:
    """Bring a file to its place, going on from what an earlier try has left.

    Args:
        url: Address of the file: from a table of ours or the deployment's settings, never a
            visitor's text.
        place: Where it shall lie.
        fault: Told a path, gives what is wrong with the file there as a clause, or None.
        expected: Its length in bytes as far as known, for a server that does not say.
        progress: Told at most four times a second how far it is.
        should_stop: Asked several times a second; True ends the download and keeps the part.
        stall_seconds: How long to wait for the next byte.

    Raises:
        DownloadStopped: ``should_stop`` said so.
        DownloadFailed: It cannot be had; the part is kept unless it was wrong.
        OSError: The folder cannot be written to.
    """
    part, meter = _Part(place), Meter(progress, should_stop)
    part.make_folder()
    with _alone(part, meter, expected):
        if place.is_file() and fault(place) is None:
            return  # another process has brought it meanwhile
        for left in reversed(range(_TRIES)):
            before = part.size
            try:
                _receive(url, part, meter, expected, stall_seconds)
                break
            except Broken as error:
                if left == 0 or part.size == before:
                    raise DownloadFailed(str(error), part.size) from error
            except (Stalled, Refused) as error:
                raise DownloadFailed(str(error), part.size) from error
        wrong = fault(part.file)
        if wrong is not None:
            part.discard()
            raise DownloadFailed(wrong)
        part.finish(place)


def kept(place: Path) -> int:
    """Bytes of an earlier try from which ``fetch`` would go on."""
    return _Part(place).size


def forget(place: Path) -> None:
    """Throw away what an earlier try has left; nobody may be at work on it."""
    _Part(place).discard()


@contextlib.contextmanager
def _alone(part: _Part, meter: Meter, expected: int) -> Iterator[None]:
    """Wait until no other process works on this file, telling how far that one is."""
    lock = FileLock(part.lock)
    while True:
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
            break
        except Timeout:
            note = part.note
            meter.reached(part.size, (note.total if note else 0) or expected)
    try:
        yield
    finally:
        lock.release()


def _receive(url: str, part: _Part, meter: Meter, expected: int, stall_seconds: float) -> None:
    """One connection: receive what is missing, or all of it."""
    note = part.note
    if note is None or note.url != url or not note.validator or not part.size:
        part.discard()
    elif part.size == note.total:
        return  # it came whole, and was not looked at any more
    headers = {"Accept-Encoding": "identity"}
    if part.size and note is not None:
        headers |= {"Range": f"bytes={part.size}-", "If-Range": note.validator}
    with Stream(url, headers, stall_seconds, meter.beat) as stream:
        if stream.status == 416:
            return  # nothing lies beyond: what has come is all, and will be looked at
        if stream.status != 206:
            part.begin(_Note(url, _validator(stream.headers), _length(stream.headers)))
        elif not _goes_on(stream.headers, part.size, note):
            part.discard()
            raise Broken("the file on the server has changed")
        known = part.note
        total = known.total if known else 0
        _write(stream, part, meter, total, expected)


def _write(stream: Stream, part: _Part, meter: Meter, total: int, expected: int) -> None:
    """Append what comes; only the whole length counts as an end."""
    done = part.size
    with part.file.open("ab") as file:
        meter.reached(done, total or expected)
        for chunk in stream:
            file.write(chunk)
            done += len(chunk)
            meter.reached(done, max(total or expected, done))
        file.flush()
        os.fsync(file.fileno())
    if total and done < total:
        raise Broken(f"the download broke off after {done / 1e6:.1f} of {total / 1e6:.1f} MB")
    meter.reached(done, done)


def _goes_on(headers: HTTPMessage, size: int, note: _Note | None) -> bool:
    """Whether an answer continues this very part; some servers do not look at ``If-Range``."""
    if note is None or _validator(headers) != note.validator:
        return False
    wanted = f"bytes {size}-", f"/{note.total}" if note.total else ""
    said = headers.get("Content-Range", "")
    return said.startswith(wanted[0]) and said.endswith(wanted[1])


def _validator(headers: HTTPMessage) -> str:
    """What tells this version of the file from any other, byte for byte."""
    tag = str(headers.get("ETag", ""))
    return tag if tag and not tag.startswith("W/") else str(headers.get("Last-Modified", ""))


def _length(headers: HTTPMessage) -> int:
    with contextlib.suppress(ValueError):
        return max(0, int(headers.get("Content-Length", "0")))
    return 0
