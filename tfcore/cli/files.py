"""Files that a person names on the command line: read, and the folder for those written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field

from tfcore.config import config
from tfcore.errors import UserError
from tfcore.store.runs import RunStore

_OF_RUN = "run:"

Out = Annotated[str, Field(description="Folder for the files; by default one named after the run")]


def make_folder(path: str) -> None:
    """Make the folder for the files before anything runs; an empty path waits for the run's name.

    Raises:
        UserError: It cannot be made or written.
    """
    try:
        if path:
            Path(path).mkdir(parents=True, exist_ok=True)
        if not os.access(path or ".", os.W_OK):
            raise PermissionError(0, "no permission to write")
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or "no path").lower()
        raise UserError(
            f'folder "{path or "."}" ({reason})', "a folder for the files", "choose another --out"
        ) from error


def start_bytes(start: str) -> bytes:
    """The picture that a run starts from: a file's, or a finished run's.

    Args:
        start: A path, or ``run:`` and a run's id.

    Raises:
        UserError: There is no such file, or no such run with a picture.
    """
    if not start.startswith(_OF_RUN):
        return read_file(start)
    name = start.removeprefix(_OF_RUN)
    png = RunStore(config().database).artifact(name, "image.png")
    if png is None:
        raise UserError(
            f'run "{name}"', "a finished run of this lab", "take its id from its address"
        )
    return png


def read_file(path: str) -> bytes:
    """The bytes of a file that a person named.

    Raises:
        UserError: There is no such file, or it cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "unreadable").lower()
        raise UserError(
            f'"{path}" ({reason})', "a file that can be read", "check the path"
        ) from error
