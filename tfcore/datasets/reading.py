"""The bytes of one file of unknown making: never more than a limit, and never waiting for any."""

from __future__ import annotations

import os
import stat
from pathlib import Path

# A pipe without a writer would make opening wait for ever, a terminal could take over the process.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class NotAFile(Exception):
    """A folder, pipe, socket or device under the name of a file; the message names which."""


def read_capped(path: Path, most: int) -> bytes:
    """Read a plain file, or as much of it as tells that it is too large.

    Args:
        path: The file; a link is followed.
        most: Bytes that are still wanted.

    Returns:
        Its bytes; of a larger file the first ``most + 1``.

    Raises:
        NotAFile: It is none, and was not opened for reading.
        OSError: It cannot be read.
    """
    _require_plain(path.stat().st_mode)
    descriptor = os.open(path, _FLAGS)
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        _require_plain(about.st_mode)  # it may have been exchanged since
        return file.read(min(about.st_size, most) + 1)[: most + 1]


def _require_plain(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise NotAFile("a folder")
    raise NotAFile("a pipe" if stat.S_ISFIFO(mode) else "a device or socket")
