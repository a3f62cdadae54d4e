"""Files on their way out of an archive: under names of ours, counted as they really come.

What an archive says of itself may be a lie, so the limits count bytes. Names on disk are numbers;
what the archive called a file is kept beside them (``originals``) and tells its class.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from tfcore.datasets import originals
from tfcore.datasets.members import UNREADABLE
from tfcore.datasets.records import Quarantined, Reason, from_row, to_row
from tfcore.errors import UserError
from tfcore.images import MAX_BYTES

MEGABYTE = 1024 * 1024
_CHUNK = 1 << 16
_A_FOLDER = 1000  # some file systems and all file browsers are slow with more
_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib"}
)
_RATIO_FROM = 10 * MEGABYTE  # small archives of drawings may shrink a thousandfold


class UnpackingStopped(Exception):
    """``should_stop`` said so; nothing is left of the folder."""


@dataclass(frozen=True)
class Unpacked:
    """What came out of an archive.

    Attributes:
        folder: Where it lies; ``Scan`` takes it like any data set.
        files: How many files.
        left_out: Members that were not unpacked, with the names that they have in the archive.
    """

    folder: Path
    files: int
    left_out: tuple[Quarantined, ...]


@dataclass(frozen=True)
class Limits:
    """How much an archive may be.

    Attributes:
        max_total: Bytes of all files together.
        max_bytes: Bytes of one file; a larger one is left out.
        max_files: Number of files.
        max_ratio: Times that the files may be larger than the archive. Photos hardly shrink, and
            deflate cannot reach more than 1032.
    """

    max_total: int = 4096 * MEGABYTE
    max_bytes: int = MAX_BYTES
    max_files: int = 50_000
    max_ratio: float = 100.0


class Source(Protocol):
    """A file of an archive, open for reading."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most ``size`` of them; none at the end."""
        ...


class Unpacking:
    """Members on their way out, and what they have come to so far.

    Args:
        place: The folder to fill.
        limits: How much may come out.
        size: Bytes of the archive.
        kind: What the archive is called when it is refused.

    Attributes:
        names: What the archive called each file.
        left_out: What was too large, or damaged.
    """

    def __init__(self, place: Path, limits: Limits, size: int, kind: str = "zip") -> None:
        self._place, self._limits, self._kind = place, limits, kind
        self._most, self._total = most_bytes(limits, size), 0
        self.names: originals.Names = {}
        self.left_out: list[Quarantined] = []

    def take(
        self, name: str, number: int, opened: Callable[[], AbstractContextManager[Source]]
    ) -> None:
        """Unpack one member under a number, or leave it out.

        Raises:
            UserError: More has come out than may.
            OSError: The disk is full, or cannot be written to.
        """
        ending = PurePosixPath(name).suffix.lower()
        ending = ending if ending in _ENDINGS else ".bin"
        file = f"{number // _A_FOLDER:04d}/{number:06d}{ending}"
        place = self._place / file
        place.parent.mkdir(exist_ok=True)
        try:
            fits = self._copy(opened, place)
        except UserError:
            raise
        except (*UNREADABLE, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of the disk, not of the archive
            place.unlink(missing_ok=True)
            got = "a file that is damaged in the archive"
            self._leave(name, Reason.TRUNCATED, got, "a whole one", "pack it again")
            return
        if fits:
            self.names[file] = name
            return
        place.unlink()
        most = f"{self._limits.max_bytes / MEGABYTE:g} MB"
        got = f"a file of more than {most}"
        self._leave(name, Reason.TOO_LARGE, got, f"at most {most}", "save the picture smaller")

    def _copy(self, opened: Callable[[], AbstractContextManager[Source]], place: Path) -> bool:
        """Stream a member to disk; False as soon as it is larger than a file may be."""
        left = self._limits.max_bytes
        with opened() as source, place.open("xb") as target:
            while chunk := source.read(min(_CHUNK, left + 1)):
                left -= len(chunk)
                self._total += len(chunk)
                if self._total > self._most:
                    raise too_much(self._most, self._kind)
                if left < 0:
                    return False
                target.write(chunk)
        return True

    def _leave(self, name: str, reason: Reason, got: str, expected: str, fix: str) -> None:
        self.left_out.append(Quarantined.because(name, reason, got, expected, fix))


def most_bytes(limits: Limits, size: int) -> int:
    """Bytes that may come out of an archive of this size."""
    return min(limits.max_total, max(_RATIO_FROM, int(size * limits.max_ratio)))


def too_much(most: int, kind: str) -> UserError:
    """The refusal of an archive of which more comes out than may."""
    return UserError(
        f"a {kind} that unpacks to more than {most / MEGABYTE:.0f} MB",
        "at most that from an archive of its size",
        "divide it into several, or pack photos as they are",
    )


def there_already(folder: Path) -> UserError:
    """The refusal to unpack over something."""
    return UserError(
        f'the folder "{folder.name}", which exists', "a new one", "choose another name"
    )


def remember(folder: Path, left_out: tuple[Quarantined, ...]) -> None:
    """Write down beside a folder what of its archive was left out."""
    rows = [to_row(one) for one in left_out]
    folder.with_suffix(".json").write_text(json.dumps(rows), encoding="utf-8")


def remembered(folder: Path) -> tuple[Quarantined, ...]:
    """What ``remember`` wrote; nothing if it did not."""
    notes = folder.with_suffix(".json")
    rows = json.loads(notes.read_text(encoding="utf-8")) if notes.is_file() else []
    return tuple(one for one in map(from_row, rows) if isinstance(one, Quarantined))
