"""A zip of a data set, unpacked so that no archive can do harm.

Members are streamed, and the limits count bytes that really came out, because what an archive says
of itself may be a lie. Names on disk are numbers of ours; what the archive called a file is kept
beside them (``originals``) and tells its class. The folder appears when everything is in it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tfcore.datasets import originals
from tfcore.datasets.members import UNREADABLE, Guarded, Member, members, too_many
from tfcore.datasets.records import Quarantined, Reason
from tfcore.datasets.whole import whole_folder
from tfcore.errors import UserError
from tfcore.images import MAX_BYTES

_MEGABYTE = 1024 * 1024
_CHUNK = 1 << 16
_A_FOLDER = 1000  # some file systems and all file browsers are slow with more
_ENDINGS = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib"}
)
_RATIO_FROM = 10 * _MEGABYTE  # small archives of drawings may shrink a thousandfold


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

    max_total: int = 4096 * _MEGABYTE
    max_bytes: int = MAX_BYTES
    max_files: int = 50_000
    max_ratio: float = 100.0


_DEFAULT = Limits()


def unpack(
    archive: bytes | Path,
    folder: Path,
    *,
    limits: Limits = _DEFAULT,
    progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Unpacked:
    """Unpack a zip with one sub-folder a class; one folder around them all is taken off.

    Args:
        archive: The zip, or where it lies.
        folder: Where it shall be unpacked to; it must not exist.
        limits: How much it may be.
        progress: Told after each member how many are done, and of how many.
        should_stop: Asked before each member; True ends the unpacking and leaves nothing.

    Raises:
        UserError: It is no zip, is damaged as a whole, locked, too large or holds no file; or the
            folder exists.
        UnpackingStopped: ``should_stop`` said so.
        OSError: The folder cannot be written to.

    Example:
        >>> unpacked = unpack(Path("pets.zip"), Path("pets"))       # doctest: +SKIP
        >>> Scan(unpacked.folder).progress.total                    # doctest: +SKIP
        400
    """
    with ExitStack() as stack:
        file = stack.enter_context(_opened(archive))
        size = file.seek(0, io.SEEK_END)
        try:
            reader = stack.enter_context(zipfile.ZipFile(Guarded(file, limits.max_files)))
        except UserError:
            raise
        except UNREADABLE as error:
            raise UserError(
                "a file that is no zip, or a damaged one", "a zip", "make a new zip of the folder"
            ) from error
        inside, left_out = members(reader)
        if len(inside) > limits.max_files:
            raise too_many(limits.max_files)
        if not inside:
            what = left_out[0].sentence if left_out else "it is empty"
            raise UserError(
                f"a zip without a file to use ({what})" if left_out else "an empty zip",
                "one folder for each class with its pictures inside",
                "make a new zip of such a folder",
            )
        place = stack.enter_context(whole_folder(folder))
        if place is None:
            raise UserError(
                f'the folder "{folder.name}", which exists', "a new one", "choose another name"
            )
        unpacking = _Unpacking(reader, place, limits, size)
        for number, member in enumerate(inside):
            if should_stop is not None and should_stop():
                raise UnpackingStopped
            unpacking.take(member, number)
            if progress is not None:
                progress(number + 1, len(inside))
        originals.write(place, unpacking.names)
        return Unpacked(folder, len(unpacking.names), (*left_out, *unpacking.left_out))


def _opened(archive: bytes | Path) -> BinaryIO:
    if isinstance(archive, bytes):
        return io.BytesIO(archive)
    try:
        if archive.is_file():
            return archive.open("rb")
    except (OSError, ValueError):
        pass
    raise UserError("no file that can be read", "a zip", "check the path")


class _Unpacking:
    """Members on their way out, and what they have come to so far.

    Args:
        reader: The archive.
        place: The folder to fill.
        limits: How much may come out.
        size: Bytes of the archive.
    """

    def __init__(self, reader: zipfile.ZipFile, place: Path, limits: Limits, size: int) -> None:
        self._reader, self._place, self._limits = reader, place, limits
        self._most = min(limits.max_total, max(_RATIO_FROM, int(size * limits.max_ratio)))
        self._total = 0
        self.names: originals.Names = {}
        self.left_out: list[Quarantined] = []

    def take(self, member: Member, number: int) -> None:
        """Unpack one member under a number, or leave it out."""
        ending = PurePosixPath(member.name).suffix.lower()
        ending = ending if ending in _ENDINGS else ".bin"
        file = f"{number // _A_FOLDER:04d}/{number:06d}{ending}"
        place = self._place / file
        place.parent.mkdir(exist_ok=True)
        try:
            fits = self._copy(member, place)
        except UserError:
            raise
        except (*UNREADABLE, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of the disk, not of the archive
            place.unlink(missing_ok=True)
            got = "a file that is damaged in the archive"
            self._leave(member, Reason.TRUNCATED, got, "a whole one", "pack it again")
            return
        if fits:
            self.names[file] = member.name
            return
        place.unlink()
        most = f"{self._limits.max_bytes / _MEGABYTE:g} MB"
        got = f"a file of more than {most}"
        self._leave(member, Reason.TOO_LARGE, got, f"at most {most}", "save the picture smaller")

    def _copy(self, member: Member, place: Path) -> bool:
        """Stream a member to disk; False as soon as it is larger than a file may be."""
        left = self._limits.max_bytes
        with self._reader.open(member.info) as source, place.open("xb") as target:
            while chunk := source.read(min(_CHUNK, left + 1)):
                left -= len(chunk)
                self._total += len(chunk)
                if self._total > self._most:
                    raise UserError(
                        f"a zip that unpacks to more than {self._most / _MEGABYTE:.0f} MB",
                        "at most that from an archive of its size",
                        "divide it into several, or pack photos as they are",
                    )
                if left < 0:
                    return False
                target.write(chunk)
        return True

    def _leave(self, member: Member, reason: Reason, got: str, expected: str, fix: str) -> None:
        self.left_out.append(Quarantined.because(member.name, reason, got, expected, fix))
