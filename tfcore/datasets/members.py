"""What an archive says it holds, looked at before a byte of it is unpacked.

A zip's own list of contents is as hostile as the rest: it can be endless, lie about sizes, let
members lie over one another, and call them whatever its maker likes.
"""

from __future__ import annotations

import io
import itertools
import stat
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from tfcore.datasets.aside import is_litter
from tfcore.datasets.names import as_text
from tfcore.datasets.records import Quarantined, Reason
from tfcore.errors import UserError

UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    OverflowError,
    struct.error,
)
"""What Python's reader raises on damaged archives."""

_ENTRY = b"PK\x01\x02"
_HEADER_BYTES = 30
_ENTRY_BYTES = 320  # generous: 46 and a name; real data sets need about 120
# The other methods may set gigabytes aside, or unpack a whole block at once.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _IS_UTF8 = 0x1, 0x800
_FIX = "make a new zip of the folder"
LINK, SPECIAL = "a link in an archive", "a special file in an archive"


@dataclass(frozen=True)
class Member:
    """A file of an archive that may be unpacked.

    Attributes:
        name: What the archive calls it, in parts joined by ``/``, as text that breaks nothing.
        info: For the zip reader.
    """

    name: str
    info: zipfile.ZipInfo


class Guarded(io.BufferedIOBase):
    """A zip file that never hands out an endless list of contents.

    Python's reader takes the whole list at one go and makes an object of each entry, before anyone
    can count them.

    Args:
        file: The archive.
        max_files: Most entries.
    """

    def __init__(self, file: BinaryIO, max_files: int) -> None:
        self._file, self._most = file, max_files

    def seekable(self) -> bool:
        """A zip is read from its end."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """As of the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As of the file."""
        return self._file.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        """As of the file, unless it is more than any list of so many entries.

        Raises:
            UserError: The list has too many.
        """
        most = self._most * _ENTRY_BYTES + (1 << 16)
        data = self._file.read(most + 1 if size is None or size < 0 else min(size, most + 1))
        if len(data) > most or (data.startswith(_ENTRY) and data.count(_ENTRY) > self._most):
            raise too_many(self._most)
        return data


def too_many(most: int, kind: str = "zip") -> UserError:
    """The refusal of an archive of more files than allowed."""
    return UserError(
        f"a {kind} of more than {most} files", f"at most {most}", "divide it into several data sets"
    )


def members(archive: zipfile.ZipFile, inside: str = "") -> tuple[list[Member], list[Quarantined]]:
    """Tell the files of an archive that may be unpacked from those that may not.

    Args:
        archive: Whose list of contents is looked at.
        inside: The folder that holds the photos, where it is known; nothing beside it is taken.

    Returns:
        The members, in the order of a folder listing and without one enclosing folder; and what
        is left out: links, names that lead elsewhere, rare methods. Litter is left out silently,
        like folders.

    Raises:
        UserError: The archive is locked by a password, or members lie over one another.
    """
    kept: list[Member] = []
    out: list[Quarantined] = []
    _refuse_overlap(archive)
    for info in archive.infolist():
        parts = parts_of(_name(info))
        if is_no_file(parts):
            continue
        if info.flag_bits & _ENCRYPTED:
            raise UserError(
                "a zip that is locked by a password",
                "a zip without one",
                "unpack it yourself and make a new zip without a password",
            )
        name = as_text("/".join(parts))
        wrong = _wrong(info, parts, name) or beside(name, inside)
        if wrong is None:
            kept.append(Member(name, info))
        else:
            out.append(wrong)
    top = f"{inside}/" if inside else _enclosing([member.name for member in kept])
    kept.sort(key=lambda member: [part.encode() for part in member.name.split("/")])
    return [Member(member.name.removeprefix(top), member.info) for member in kept], out


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name; the desktop of macOS writes UTF-8 without saying so."""
    if info.flag_bits & _IS_UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def parts_of(name: str) -> list[str]:
    """The folders of a member and its own name, whatever system has packed it."""
    return [part for part in name.replace("\\", "/").split("/") if part != "."]


def is_no_file(parts: list[str]) -> bool:
    """Whether a name is a folder's or that of litter: nobody misses it."""
    return not parts or not parts[-1] or any(map(is_litter, filter(_is_name, parts)))


def leads_away(parts: list[str], name: str) -> Quarantined | None:
    """Set a member aside whose name leads out; it is refused although it is never used on disk."""
    if all(map(_is_name, parts)) and not parts[0].endswith(":"):
        return None
    return link(name, "a name that leads out of the archive")


def link(name: str, got: str) -> Quarantined:
    """Set a member aside that is no plain file of the archive."""
    wanted = "plain files inside the archive"
    return Quarantined.because(name or "?", Reason.LINK_OUTSIDE, got, wanted, _FIX)


def beside(name: str, inside: str) -> Quarantined | None:
    """Set a member aside that does not lie in the folder of the photos."""
    if not inside or name.startswith(f"{inside}/"):
        return None
    got, wanted = "a file beside the photos", f"photos in the folder {inside}"
    return Quarantined.because(name, Reason.NO_CLASS, got, wanted, "nothing is lost, it may stay")


def _is_name(part: str) -> bool:
    return part not in ("", "..")


def _wrong(info: zipfile.ZipInfo, parts: list[str], name: str) -> Quarantined | None:
    """Why a member is not unpacked."""
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return link(name, LINK if stat.S_ISLNK(mode) else SPECIAL)
    if wrong := leads_away(parts, name):
        return wrong
    if info.compress_type not in _METHODS:
        got = "a file packed in a rare way"
        return Quarantined.because(name, Reason.UNREADABLE, got, "the usual deflate", _FIX)
    return None


def _refuse_overlap(archive: zipfile.ZipFile) -> None:
    """Members that share bytes unpack to far more than the archive is long (Fifield, WOOT 2019)."""
    spans = sorted((info.header_offset, info.compress_size) for info in archive.infolist())
    for (start, size), (following, _) in itertools.pairwise(spans):
        if start + _HEADER_BYTES + size > following:
            raise UserError(
                "a zip whose files lie over one another", "one that a program has packed", _FIX
            )


def _enclosing(names: list[str]) -> str:
    """The one folder around all class folders, with its slash; empty if there is none."""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) != 1 or not any(name.count("/") > 1 for name in names):
        return ""
    return f"{tops.pop()}/"
