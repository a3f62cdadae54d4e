"""The archive that a person takes home: a model with everything that it needs to be understood."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

LABELS, SCRIPT, CARD = "labels.txt", "predict.py", "README.md"
_LEVEL = 1  # numbers of a network hardly shrink, however long one tries


def pack(folder: Path, name: str) -> bytes:
    """A folder as a zip.

    Args:
        folder: What is packed; sub-folders too.
        name: The one folder that it unpacks to, so that nothing is strewn about.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{name}/{path.relative_to(folder).as_posix()}")
    return buffer.getvalue()


def write_text(place: Path, text: str) -> None:
    """Write a text the same on every system."""
    place.write_text(text, encoding="utf-8", newline="\n")
