"""What files were called in the archive they came from.

Names on disk are ours (``archives``), so a name of the archive can do no harm and any system can
hold the file. This one file beside them keeps the names that people know.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tfcore.errors import UserError

FILE = ".original-names.json"
Names = dict[str, str]
"""From a file's place on disk to its name in the archive, both from the data set's root."""

_NAMES = TypeAdapter(Names)


def write(folder: Path, names: Names) -> None:
    """Keep the names of a folder that was unpacked."""
    (folder / FILE).write_text(json.dumps(names), encoding="utf-8")


def read(folder: Path | str) -> Names | None:
    """The names of a folder; None if it was not unpacked by this lab.

    Raises:
        UserError: The file with the names is damaged.
    """
    place = Path(folder) / FILE
    if not place.is_file():
        return None
    try:
        return _NAMES.validate_json(place.read_bytes())
    except (OSError, ValidationError) as error:
        raise UserError(
            f"a data set whose file {FILE} is damaged",
            "a folder as it was unpacked",
            "unpack the archive again",
        ) from error
