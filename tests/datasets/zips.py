"""Zips made by hand for tests, such as no program packs."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

FLAG_UTF8 = 0x800


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An ordinary zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_mode(name: str, data: bytes, mode: int, others: dict[str, bytes]) -> bytes:
    """A zip in which one member has a mode of Unix, such as that of a link."""
    out = io.BytesIO(packed(others))
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, data)
    return out.getvalue()


def raw(
    members: Iterable[tuple[bytes, bytes]], *, flags: int = 0, claimed: int | None = None
) -> bytes:
    """A zip of deflated members with exactly these bytes as names.

    Args:
        members: Name and content.
        flags: General purpose flags of every member.
        claimed: Size that is claimed of every member instead of the true one.
    """
    body, entries = b"", b""
    count = 0
    for name, content in members:
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = deflater.compress(content) + deflater.flush()
        size = len(content) if claimed is None else claimed
        common = struct.pack(
            "<HHHHHIIIHH", 20, flags, 8, 0, 33, zlib.crc32(content), len(data), size, len(name), 0
        )
        tail = struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        entries += b"PK\x01\x02\x14\x00" + common + tail + name
        body += b"PK\x03\x04" + common + name + data
        count += 1
    return ended(body, entries, count)


def ended(body: bytes, entries: bytes, count: int) -> bytes:
    """Members and their list as one archive."""
    end = struct.pack(
        "<4sHHHHIIH",
        b"PK\x05\x06",
        0,
        0,
        count & 0xFFFF,
        count & 0xFFFF,
        len(entries),
        len(body),
        0,
    )
    return body + entries + end


def overlapping(copies: int, size: int) -> bytes:
    """One member that is listed many times (Fifield, WOOT 2019, its simplest form)."""
    one = raw([(b"cat/0.bmp", bytes(size))])
    at = one.index(b"PK\x01\x02")
    entry = one[at : one.index(b"PK\x05\x06")]
    entries = b"".join(
        entry.replace(b"0.bmp", f"{number % 10}.bmp".encode()) for number in range(copies)
    )
    return ended(one[:at], entries, copies)


def endless(count: int) -> bytes:
    """A list of very many empty files."""
    body = raw([(b"cat/0.bmp", b"")])
    at = body.index(b"PK\x01\x02")
    entry = body[at : body.index(b"PK\x05\x06")]
    return ended(body[:at], entry * count, count)
