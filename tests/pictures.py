"""Pictures made by hand for tests: formats that Pillow does not write, bombs, and small photos."""

import io
import struct
import zlib

import numpy as np
from PIL import Image


def photo(height: int = 48, width: int = 64) -> np.ndarray:
    """A smooth picture without symmetry: red grows to the right, green downwards."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width).astype(np.uint8)
    pixels[..., 1] = np.linspace(0, 255, height).astype(np.uint8)[:, None]
    pixels[..., 2] = 60
    return pixels


def encoded(image: Image.Image | np.ndarray, kind: str, **options: object) -> bytes:
    """Bytes of a picture in a format that Pillow writes."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def every_kind() -> dict[str, bytes]:
    """The same photo in each of the five formats."""
    kinds = {"JPEG": {"quality": 95}, "PNG": {}, "WEBP": {"lossless": True}, "GIF": {}, "BMP": {}}
    return {kind: encoded(photo(), kind, **options) for kind, options in kinds.items()}


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG, with its length and checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(size: tuple[int, int], depth: int, colour: int, raw: bytes, key: bytes = b"") -> bytes:
    """A PNG chunk by chunk; ``raw`` holds the rows with their filter bytes, ``key`` the tRNS."""
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + (chunk(b"tRNS", key) if key else b"")
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def png_16(values: np.ndarray, key: bytes = b"") -> bytes:
    """A 16-bit PNG: gray for ``(height, width)``, RGB for ``(height, width, 3)``."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    height, width = values.shape[:2]
    return png((width, height), 16, 2 if values.ndim == 3 else 0, rows, key)


def in_passes(side: int) -> dict[str, bytes]:
    """JPEGs that come in several passes and claim this side: each has to be kept to the end."""
    found = {}
    for name, mode in (("in passes", "RGB"), ("in passes, four colours", "CMYK")):
        image = Image.fromarray(photo()).convert(mode)
        jpeg = bytearray(encoded(image, "JPEG", progressive=True, subsampling=0))
        at = jpeg.index(b"\xff\xc2") + 5
        jpeg[at : at + 4] = struct.pack(">HH", side, side)
        found[f"jpeg {name}"] = bytes(jpeg)
    return found


def bombs() -> dict[str, bytes]:
    """Small files that claim to be huge; Pillow by itself would let most of them through."""
    white_rows = (b"\0" + bytes(1500)) * 12_000
    jpeg = bytearray(encoded(photo(), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 12_000, 12_000)
    larger = jpeg[:at] + struct.pack(">HH", 65_500, 65_500) + jpeg[at + 4 :]
    table = b"\x80\0\0" + bytes(6)
    clear_frame = b"\x21\xf9\x04\x08\0\0\0\0"
    gif = b"GIF89a" + struct.pack("<HH", 20, 20) + table + clear_frame
    gif += b"\x2c" + struct.pack("<HHHH", 0, 0, 12_000, 12_000) + b"\0\x02\x02\x4c\x01\0;"
    canvas = b"\0\0\0\0" + struct.pack("<I", 16_382)[:3] * 2
    webp = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + encoded(photo(), "WEBP")[12:]
    bmp = bytearray(encoded(photo(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 12_000, -12_000)
    return {
        "png": png((12_000, 12_000), 1, 0, white_rows),
        "jpeg": bytes(jpeg),
        "larger jpeg": bytes(larger),
        **in_passes(7900),
        "gif with a frame beyond its canvas": gif,
        "webp": b"RIFF" + struct.pack("<I", len(webp)) + webp,
        "bmp from the top": bytes(bmp),
    }
