"""What a file says it is in its first bytes, read without handing it to a decoder.

A file's name proves nothing, and a decoder may set memory aside for whatever size a header claims;
so both the kind and the size are read here first.
"""

from __future__ import annotations

import codecs
import re

Size = tuple[int, int]

_STRANGERS = (
    (b"%PDF", "a PDF document"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PK\x03\x04", "a zip archive"),
)
_MOST_GIF_BLOCKS = 200_000  # before the first frame; metadata of a megabyte takes about 10,000
_SCAN = re.compile(rb"\xff\xda\x00[\x08\x0a\x0c\x0e]([\x01-\x04])")
_ISO_BRANDS = {b"avif": "an AVIF picture", b"avis": "an AVIF picture"}


def sniff(data: bytes) -> str | None:
    """Tell the kind of picture by its signature.

    Returns:
        Pillow's name of the format, or None if it is none of the five that are taken.

    Example:
        >>> sniff(b"GIF89a")
        'GIF'
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith(b"BM"):
        return "BMP"
    return None


def stranger(data: bytes) -> str:
    """Name a file that is none of the pictures that are taken, in words for a message."""
    if not data:
        return "an empty file"
    for signature, words in _STRANGERS:
        if data.startswith(signature):
            return words
    if data[4:8] == b"ftyp":
        return _ISO_BRANDS.get(data[8:12], "a HEIC picture or a video")
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if start.startswith(b"<") and b"<svg" in start:
        return "an SVG drawing"
    return "a text file" if _is_text(data[:1024]) else "a file that is no picture"


def _is_text(start: bytes) -> bool:
    """Whether bytes read as UTF-8 without control characters; the last letter may be cut."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return all(letter >= " " or letter in "\t\r\n\f" for letter in text)


def declared_size(kind: str, data: bytes) -> Size | None:
    """Read the size that a header claims.

    Args:
        kind: A name that ``sniff`` returned.
        data: The whole file, or at least its beginning.

    Returns:
        ``(width, height)`` in pixels; None where the header is cut off or holds none. Always None
        for JPEG: its size may stand anywhere, and opening one sets no memory aside.
    """
    if kind == "PNG" and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if kind == "BMP" and len(data) >= 26:
        return _bmp_size(data)
    if kind == "GIF" and len(data) >= 13:
        return _gif_size(data)
    if kind == "WEBP" and len(data) >= 30:
        return _webp_size(data)
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _bmp_size(data: bytes) -> Size:
    """Width and height of a bitmap: 16 bits each in the OS/2 header, else 32 bits and signed."""
    if _little(data[14:18]) == 12:
        return _little(data[18:20]), _little(data[20:22])
    width = int.from_bytes(data[18:22], "little", signed=True)
    height = int.from_bytes(data[22:26], "little", signed=True)
    return abs(width), abs(height)  # a negative height means that rows run from the top


def _webp_size(data: bytes) -> Size | None:
    """Size by the first chunk of the WebP container (RFC 9649): lossy, lossless or extended."""
    if data[12:16] == b"VP8X":
        return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    if data[12:16] == b"VP8L":
        bits = _little(data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if data[12:16] == b"VP8 ":
        return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
    return None


def _table_bytes(flags: int) -> int:
    """Bytes of the colour table that a GIF's packed field announces."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _gif_size(data: bytes) -> Size | None:
    """The canvas of a GIF, widened to its first frame, which may lie beyond it (GIF89a, 18-20)."""
    width, height = _little(data[6:8]), _little(data[8:10])
    at = _first_gif_frame(data, 13 + _table_bytes(data[10]))
    if at is None or len(data) < at + 9:
        return None
    left, top, wide, high = (_little(data[at + i : at + i + 2]) for i in (1, 3, 5, 7))
    return max(width, left + wide), max(height, top + high)


def _first_gif_frame(data: bytes, at: int) -> int | None:
    """Offset of the first image descriptor, past extensions and stray bytes as the decoder goes."""
    in_extension = False
    for _ in range(_MOST_GIF_BLOCKS):
        if at >= len(data) or (data[at] == 0x3B and not in_extension):
            return None
        if in_extension:
            in_extension = data[at] > 0
            at += data[at] + 1
        elif data[at] == 0x2C:
            return at
        else:
            in_extension = data[at] == 0x21
            at += 2 if in_extension else 1
    return None


def scans(data: bytes) -> int:
    """Number of scans in a JPEG: each makes the decoder go over the whole picture once more."""
    return len(_SCAN.findall(data))


def fewest_components(data: bytes) -> int:
    """How many colour components the poorest scan of a JPEG holds; 0 where there is none."""
    return min((held[0] for held in _SCAN.findall(data)), default=0)
