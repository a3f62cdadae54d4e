r"""File names as text that can be shown, stored and turned back.

A file's name is bytes to most systems, and need not be valid in any script. Python shows such bytes
as lone surrogates, which no UTF-8 file, database or browser takes. Here they are written ``\xff``,
as are characters that would break a line or turn the direction of a text around; a backslash is
written twice. The way back is exact, so a photo with such a name can be used like any other.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tfcore.errors import UserError

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ERRORS = sys.getfilesystemencodeerrors()  # how Python hides bytes that are no text
_ESCAPED = re.compile(rb"\\(?:\\|x([0-9a-f]{2}))")


def as_text(name: str) -> str:
    r"""A name that came from the file system, as text without surprises.

    Args:
        name: One name, or several with ``/`` between them.

    Example:
        >>> as_text("caf\udce9.jpg")
        'caf\\xe9.jpg'
    """
    text = name.encode("utf-8", _ERRORS).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")
    return _UNSEEN.sub(lambda found: _hexadecimal(found[0]), text)


def from_text(text: str) -> str:
    """The name that ``as_text`` was given, for opening the file.

    Example:
        >>> from_text(as_text("two" + chr(10) + "lines.jpg")) == "two" + chr(10) + "lines.jpg"
        True
    """
    raw = _ESCAPED.sub(
        lambda found: bytes.fromhex(found[1].decode()) if found[1] else b"\\", text.encode()
    )
    return raw.decode("utf-8", _ERRORS)


def locate(root: Path, file: str) -> Path:
    """The path of a file of a data set.

    Args:
        root: The data set's folder.
        file: ``Photo.file`` or ``Quarantined.file``.

    Raises:
        UserError: It would lie outside the folder, so no scan has written it.
    """
    parts = from_text(file).split("/")
    if any(part in ("", ".", "..") or Path(part).is_absolute() or "\0" in part for part in parts):
        raise UserError(
            f'the file "{file}"', "a file inside the data set", "scan the data set again"
        )
    return root.joinpath(*parts)


def _hexadecimal(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode())
