"""A zip of a data set, unpacked so that no archive can do harm; ``unpacking`` keeps the limits.

The folder appears when everything is in it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tfcore.datasets import originals
from tfcore.datasets.members import UNREADABLE, Guarded, members, too_many
from tfcore.datasets.unpacking import (
    Limits,
    Unpacked,
    Unpacking,
    UnpackingStopped,
    there_already,
)
from tfcore.datasets.whole import whole_folder
from tfcore.errors import UserError

__all__ = ["Limits", "Unpacked", "UnpackingStopped", "unpack"]

_DEFAULT = Limits()


def unpack(
    archive: bytes | Path,
    folder: Path,
    *,
    limits: Limits = _DEFAULT,
    inside: str = "",
    progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Unpacked:
    """Unpack a zip with one sub-folder a class; one folder around them all is taken off.

    Args:
        archive: The zip, or where it lies.
        folder: Where it shall be unpacked to; it must not exist.
        limits: How much it may be.
        inside: The folder around the class folders, where others stand beside it.
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
        taken, left_out = members(reader, inside)
        if len(taken) > limits.max_files:
            raise too_many(limits.max_files)
        if not taken:
            what = left_out[0].sentence if left_out else "it is empty"
            raise UserError(
                f"a zip without a file to use ({what})" if left_out else "an empty zip",
                "one folder for each class with its pictures inside",
                "make a new zip of such a folder",
            )
        place = stack.enter_context(whole_folder(folder))
        if place is None:
            raise there_already(folder)
        unpacking = Unpacking(place, limits, size)
        for number, member in enumerate(taken):
            if should_stop is not None and should_stop():
                raise UnpackingStopped
            unpacking.take(member.name, number, partial(reader.open, member.info))
            if progress is not None:
                progress(number + 1, len(taken))
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
