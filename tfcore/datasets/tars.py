"""A tar.gz of a data set, unpacked with the same care as a zip."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from tfcore.datasets import originals
from tfcore.datasets.members import (
    LINK,
    SPECIAL,
    beside,
    is_no_file,
    leads_away,
    link,
    parts_of,
    too_many,
)
from tfcore.datasets.names import as_text
from tfcore.datasets.records import Quarantined, Reason
from tfcore.datasets.tarred import Entry, Tape, damaged, entries
from tfcore.datasets.unpacking import (
    Limits,
    Unpacked,
    Unpacking,
    UnpackingStopped,
    most_bytes,
    there_already,
    too_much,
)
from tfcore.datasets.whole import whole_folder
from tfcore.errors import UserError

_KIND = "tar.gz"
_HEADERS = 3  # most headers a file: its own, one of a long name, and some folders'
_DEFAULT = Limits()


def unpack_tar(
    archive: Path,
    folder: Path,
    *,
    limits: Limits = _DEFAULT,
    inside: str = "",
    progress: Callable[[int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Unpacked:
    """Unpack a tar.gz in one go through it; files keep the order that they have in it.

    Args:
        archive: Where it lies.
        folder: Where it shall be unpacked to; it must not exist.
        limits: How much it may be.
        inside: The folder that holds the photos; what lies beside it is left out.
        progress: Told after each file how many are done.
        should_stop: Asked at each 64 kB; True ends the unpacking and leaves nothing.

    Raises:
        UserError: It is no tar.gz, is damaged, too large or holds no file; or the folder exists.
        UnpackingStopped: ``should_stop`` said so.
        OSError: The folder cannot be written to.
    """

    def check() -> None:
        if should_stop is not None and should_stop():
            raise UnpackingStopped

    size = archive.stat().st_size
    most = most_bytes(limits, size)
    with whole_folder(folder) as place, gzip.open(archive) as file:
        if place is None:
            raise there_already(folder)
        unzipped = cast(BinaryIO, _Unzipped(file))
        tape = Tape(unzipped, most, lambda: too_much(most, _KIND), check)
        unpacking, left_out = Unpacking(place, limits, size, _KIND), list[Quarantined]()
        refuse = partial(too_many, limits.max_files, _KIND)
        for entry in entries(tape, _HEADERS * limits.max_files, refuse):
            parts = parts_of(entry.name)
            if is_no_file(parts):
                continue
            name = as_text("/".join(parts))
            wrong = _wrong(entry, parts, name) or beside(name, inside)
            done = len(unpacking.names) + len(unpacking.left_out)
            if done + len(left_out) >= limits.max_files:
                raise refuse()
            if wrong is not None:
                left_out.append(wrong)
                continue
            own = name.removeprefix(f"{inside}/" if inside else "")
            unpacking.take(own, done, partial(_given, entry))
            if progress is not None:
                progress(done + 1)
        if not unpacking.names:
            raise UserError("an archive without a file to use", "photos", "choose another one")
        originals.write(place, unpacking.names)
        return Unpacked(folder, len(unpacking.names), (*left_out, *unpacking.left_out))


def _given(entry: Entry) -> AbstractContextManager[Entry]:
    """An entry is open from the start, and whatever is left of it is stepped over."""
    return nullcontext(entry)


class _Unzipped:
    """The unzipped stream; what is wrong with it is told in words.

    Args:
        file: The reader of the gzip format.
    """

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        """As of the file."""
        try:
            return self._file.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise damaged("it breaks off, or is no gzip file") from error


def _wrong(entry: Entry, parts: list[str], name: str) -> Quarantined | None:
    """Why an entry is not unpacked."""
    if entry.kind == "file":
        return leads_away(parts, name)
    if entry.kind == "rare":
        got, fix = "a file packed in a rare way", "pack it again"
        return Quarantined.because(name, Reason.UNREADABLE, got, "a plain file", fix)
    return link(name, LINK if entry.kind == "link" else SPECIAL)
