"""Tars made by hand for tests, such as no program packs."""

import gzip
import io
import tarfile
from collections.abc import Iterable

BLOCK = 512


def packed(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """An ordinary tar.gz, the same bytes each time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue(), compresslevel=1, mtime=0)


def header(
    name: bytes, size: int | bytes = 0, kind: bytes = b"0", magic: bytes = b"ustar\x0000"
) -> bytes:
    """The header of one entry with a right sum, whatever else it says.

    Args:
        name: At most 100 bytes.
        size: Bytes that follow, or the very bytes of the field.
        kind: The flag.
        magic: Of the format.
    """
    field = size if isinstance(size, bytes) else f"{size:011o}\0".encode()
    block = bytearray(BLOCK)
    block[: len(name)] = name
    block[124 : 124 + len(field)] = field
    block[148:157] = b" " * 8 + kind
    block[157:167] = b"elsewhere\0"
    block[257:265] = magic
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block)


def entry(name: bytes, data: bytes = b"", kind: bytes = b"0", size: int | bytes | None = None):
    """A header and its bytes."""
    return (
        header(name, len(data) if size is None else size, kind) + data + bytes(-len(data) % BLOCK)
    )


def pax(**values: str) -> bytes:
    """An extended header for the next entry."""
    lines = b""
    for key, value in values.items():
        rest = f" {key.replace('__', '.')}={value}\n".encode()
        length = len(rest) + 1
        while len(str(length)) + len(rest) != length:
            length += 1
        lines += str(length).encode() + rest
    return entry(b"extra", lines, b"x")


def zipped(entries: Iterable[bytes], end: bytes = bytes(2 * BLOCK)) -> bytes:
    """Entries as a tar.gz."""
    return gzip.compress(b"".join(entries) + end, compresslevel=1, mtime=0)
