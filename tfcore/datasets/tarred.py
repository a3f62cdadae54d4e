"""The files of a tar, read block by block (POSIX.1-2017, pax, "ustar interchange format").

Python's own reader keeps every header, follows maps of sparse files and chains of extended headers,
and takes each as large as it says of itself, all in memory. A data set needs none of that: plain
files, long names, and everything else told and stepped over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from tfcore.errors import UserError

_BLOCK = 512
_CHUNK = 1 << 16
_MOST_EXTRA, _MOST_NAME = 1 << 14, 1 << 10  # bytes of an extended header, and of a name
_FILE, _FOLDER, _LINKS, _SPECIAL = b"0\x007", b"5", b"12", b"346"
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL, _SPARSE = b"L", b"K", b"x", b"g", b"S"


class Tape:
    """A stream that is read once, from its beginning to its end.

    Args:
        file: What lies in the archive, already unzipped.
        most: Bytes that may come.
        refuse: Makes the error of a stream with more.
        check: Called at each read; what it raises ends the reading.
    """

    def __init__(
        self,
        file: BinaryIO,
        most: int,
        refuse: Callable[[], UserError],
        check: Callable[[], None],
    ) -> None:
        self._file, self._left, self._refuse, self._check = file, most, refuse, check

    def some(self, size: int) -> bytes:
        """The next bytes, at least one and at most ``size``.

        Raises:
            UserError: There are no more, or too many.
        """
        self._check()
        chunk = self._file.read(min(size, _CHUNK))
        self._left -= len(chunk)
        if self._left < 0:
            raise self._refuse()
        if not chunk:
            raise damaged("it breaks off")
        return chunk

    def exactly(self, size: int) -> bytes:
        """The next ``size`` bytes, of which there are few."""
        pieces = []
        while size:
            pieces.append(self.some(size))
            size -= len(pieces[-1])
        return b"".join(pieces)


@dataclass
class Entry:
    """One file, link or whatever else a tar tells of; its bytes are read before the next one.

    Attributes:
        name: As the tar calls it.
        kind: ``file``, ``link``, ``special``, or ``rare`` for what this reader does not know.
    """

    name: str
    kind: str
    _tape: Tape
    _left: int

    def read(self, size: int, /) -> bytes:
        """The next bytes of the file; none at its end."""
        if not self._left or not size:
            return b""
        chunk = self._tape.some(min(size, self._left))
        self._left -= len(chunk)
        return chunk


def entries(tape: Tape, most: int, too_many: Callable[[], UserError]) -> Iterator[Entry]:
    """Everything in a tar but its folders, one after the other.

    Args:
        tape: The tar.
        most: Headers that may come, those of folders and long names included.
        too_many: Makes the error of a tar with more.

    Raises:
        UserError: It is no tar, is damaged, breaks off, or has too many headers.
    """
    name = ""
    for _ in range(most):
        block = tape.exactly(_BLOCK)
        if not any(block):
            return
        size, kind = _size(block), block[156:157]
        if kind in _LONG_NAME + _PAX:
            extra = _extra(tape, size)
            name = _text(extra.rstrip(b"\0")) if kind == _LONG_NAME else _pax_name(extra) or name
            continue
        if kind == _SPARSE:
            raise damaged("it holds files with holes")
        if kind in _FOLDER + _LINKS + _SPECIAL:
            size = 0  # whatever the header says, nothing follows it
        entry = Entry(name or _name(block), _kind(kind), tape, size)
        is_shown = kind not in _FOLDER + _LONG_LINK + _PAX_GLOBAL
        if is_shown and not (entry.kind == "file" and entry.name.endswith("/")):
            yield entry
        if kind not in _LONG_LINK + _PAX_GLOBAL:
            name = ""
        while entry.read(_CHUNK):
            pass
        if size % _BLOCK:
            tape.exactly(_BLOCK - size % _BLOCK)
    raise too_many()


def damaged(why: str) -> UserError:
    """The refusal of a tar that makes no sense."""
    return UserError(f"a damaged archive ({why})", "a whole tar.gz", "fetch or pack it again")


def _kind(flag: bytes) -> str:
    if flag in _FILE:
        return "file"
    if flag in _LINKS:
        return "link"
    return "special" if flag in _SPECIAL else "rare"


def _size(block: bytes) -> int:
    """Bytes that follow a header, once its sum has shown that it is one."""
    told = _number(block[148:156])
    if told != sum(block[:148]) + 8 * ord(" ") + sum(block[156:]):
        raise damaged("a header makes no sense")
    return _number(block[124:136])


def _number(field: bytes) -> int:
    """A number in octal digits, or in bytes where GNU's tar had too little room for digits."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:])
    digits = field.partition(b"\0")[0].strip()
    if digits.strip(b"01234567"):  # int() would take signs and underscores too
        raise damaged("a number makes no sense")
    return int(digits or b"0", 8)


def _name(block: bytes) -> str:
    own = block[:100].partition(b"\0")[0]
    # GNU's tar keeps other things where others keep the first part of a name.
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return _text(prefix + b"/" + own if prefix else own)


def _extra(tape: Tape, size: int) -> bytes:
    if size > _MOST_EXTRA:
        raise damaged("an endless header")
    return tape.exactly(size + -size % _BLOCK)[:size]


def _pax_name(records: bytes) -> str:
    """The name that lines of ``length key=value`` give."""
    name, at = "", 0
    while at < len(records):
        space = records.find(b" ", at, at + 10)
        digits = records[at : max(at, space)]
        end = at + int(digits) if digits.isdigit() else 0
        if not at < space < end <= len(records):
            raise damaged("a header makes no sense")
        key, _, value = records[space + 1 : end - 1].partition(b"=")
        at = end
        if key == b"size" or key.startswith(b"GNU.sparse"):
            raise damaged("it holds files of a rare kind")
        if key == b"path":
            name = _text(value)
    return name


def _text(name: bytes) -> str:
    if len(name) > _MOST_NAME:
        raise damaged("an endless name")
    return name.decode("utf-8", "surrogateescape")
