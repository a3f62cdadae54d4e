"""Untrusted bytes to RGB pixels.

Decisions, each for a reason:

* JPEG, PNG, WebP, GIF and BMP are taken, by content. TIFF is not: browsers do not show it and its
  decoder is the widest door in the library.
* Embedded colour profiles are ignored, because the photos that the networks learned from were read
  that way, and because a profile is one more hostile file inside the file.
* Transparency is laid on white; of an animation the first frame is taken.
* What the decoder can read to its end is taken, even if bytes in the middle were damaged: a JPEG
  carries nothing to tell such damage by, and browsers show it too.
"""

from __future__ import annotations

import io
import re
import struct
import warnings

import numpy as np
import numpy.typing as npt
from PIL import Image, WebPImagePlugin

from tfcore.errors import BadImage, Flaw
from tfcore.images import headers

Pixels = npt.NDArray[np.uint8]

_MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * _MEGABYTE
"""Largest file taken, in bytes."""
MAX_SIDE = 2048
"""Longest side of the array that comes out, in pixels; larger photos are scaled down."""
MAX_PIXELS = 64_000_000
"""Most pixels a file may declare: 8,000 x 8,000."""
MIN_SIDE = 8
"""Shortest side that is still a picture, in pixels."""

_EXPECTED = "a JPEG, PNG, WebP, GIF or BMP picture"
_FIX = "choose another file, or open it in a picture program and save it as JPEG or PNG"
_MOST_SCANS = 64  # a progressive JPEG has about 10; thousands would keep a decoder busy for hours
_COEFFICIENTS_A_PIXEL = 1.5
"""What a JPEG in several passes may have the decoder keep to its end, 2 bytes each, at the most
pixels allowed: as many as there are where colour has half the resolution, the usual way."""
_STRIP_PIXELS = 1 << 20
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# The animation decoder keeps two canvases of its own beside Pillow's two copies of the frame.
_PIXEL_SHARE = {WebPImagePlugin.WebPImageFile.format: 2}
_FROM_PILLOW = re.compile(r"PIL\.")

Image.preinit()  # registers the decoders now, not in the first two threads that need them


def decode(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_side: int = MAX_SIDE,
    max_pixels: int = MAX_PIXELS,
) -> Pixels:
    """Turn an uploaded file into pixels, or refuse it in one sentence.

    Memory stays bounded: a JPEG is decoded at a fraction of its size where that suffices, every
    other kind holds its decoded pixels once, and what a header claims is checked before anything
    is decoded. Safe to call from several threads.

    Args:
        data: The file's bytes, as hostile as can be; its name plays no part.
        max_bytes: Largest file, in bytes.
        max_side: Longest side of the result, in pixels.
        max_pixels: Most pixels (width x height) the file may declare; a WebP may have half.

    Returns:
        ``uint8`` of shape ``(height, width, 3)``, upright, RGB, no side longer than ``max_side``.

    Raises:
        BadImage: For anything that is not a whole picture within the limits, and nothing else for
            any bytes whatsoever.

    Example:
        >>> decode(b"<html>")
        Traceback (most recent call last):
        ...
        tfcore.errors.BadImage: got a web page, expected ...
    """
    if len(data) > max_bytes:
        raise BadImage(
            f"a file of {len(data) / _MEGABYTE:.1f} MB",
            f"at most {max_bytes / _MEGABYTE:g} MB",
            "save the picture smaller or as JPEG",
            Flaw.TOO_LARGE,
        )
    kind = headers.sniff(data)
    if kind is None:
        flaw = Flaw.NOT_AN_IMAGE if data else Flaw.EMPTY
        raise BadImage(headers.stranger(data), _EXPECTED, _FIX, flaw)
    if kind == "JPEG":
        _check_scans(headers.scans(data))
    else:
        size = headers.declared_size(kind, data)
        if size is None:
            raise damaged(kind)
        _check_size(size, kind, max_side, max_pixels)
    try:
        with open_picture(data, kind) as image:
            _check_size(image.size, kind, max_side, max_pixels)
            if kind == "JPEG":
                _check_passes(image, headers.fewest_components(data), max_pixels)
            return _upright_rgb(image, max_side)
    except BadImage:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("a picture", max_pixels) from error
    except Exception as error:
        raise damaged(kind) from error


def open_picture(data: bytes, kind: str) -> Image.Image:
    """Open a file as the one kind it was found to be, with Pillow's warnings silenced.

    Warnings are silenced by a filter at the front of the list and not by ``catch_warnings``, whose
    restoring would undo what other threads do meanwhile.
    """
    action, _, _, module, _ = warnings.filters[0]
    if action != "ignore" or module != _FROM_PILLOW:
        warnings.filterwarnings("ignore", module=_FROM_PILLOW.pattern)
    return Image.open(io.BytesIO(data), formats=(kind,))


def damaged(kind: str) -> BadImage:
    """The refusal of a file that begins as a picture and does not go on as one."""
    name = {"WEBP": "WebP"}.get(kind, kind)
    return BadImage(
        f"a damaged or cut-off {name} file", f"a whole {name} picture", _FIX, Flaw.TRUNCATED
    )


def _too_many_pixels(what: str, max_pixels: int) -> BadImage:
    return BadImage(
        what,
        f"at most {max_pixels / 1e6:g} million pixels",
        "scale the picture down and try again",
        Flaw.TOO_LARGE,
    )


def _check_scans(scans: int) -> None:
    if scans > _MOST_SCANS:
        raise BadImage(f"a JPEG of {scans} scans", f"at most {_MOST_SCANS}", _FIX, Flaw.TOO_LARGE)


def _check_passes(image: Image.Image, poorest: int, max_pixels: int) -> None:
    """Refuse a JPEG in several passes whose decoder would keep too much between them.

    Args:
        image: The picture, opened and not decoded.
        poorest: Components of its poorest scan; fewer than it has mean several passes.
        max_pixels: As in ``decode``.
    """
    layers = [(max(1, wide), max(1, high)) for _, wide, high, *_ in getattr(image, "layer", ())]
    if not layers or not ("progressive" in image.info or poorest < len(layers)):
        return
    whole = max(wide for wide, _ in layers) * max(high for _, high in layers)
    share = sum(wide * high for wide, high in layers) / whole
    allowed = int(max_pixels * min(1.0, _COEFFICIENTS_A_PIXEL / share))
    width, height = image.size
    if width * height > allowed:
        raise _too_many_pixels(f"a picture of {width} x {height} pixels in several passes", allowed)


def _check_size(size: headers.Size, kind: str, max_side: int, max_pixels: int) -> None:
    """Refuse what is too large to decode, or too thin to show anything once scaled down."""
    width, height = size
    what = f"a picture of {width} x {height} pixels"
    allowed = max_pixels // _PIXEL_SHARE.get(kind, 1)
    if width * height > allowed:
        raise _too_many_pixels(what, allowed)
    shortest, longest = min(size), max(size)
    if shortest * min(1.0, max_side / max(longest, 1)) < MIN_SIDE:
        raise BadImage(
            what,
            f"at least {MIN_SIDE} pixels on the shorter side",
            "choose a larger picture",
            Flaw.TOO_SMALL,
        )


def _upright_rgb(image: Image.Image, max_side: int) -> Pixels:
    """Decode, scale down, lay on white and turn upright."""
    shrink = min(1.0, max_side / max(image.size))
    wanted = tuple(max(1, int(side * shrink)) for side in image.size)
    image.draft(None, (wanted[0], wanted[1]))
    image.load()
    small = _scaled_down(image, max_side)
    turn = _turn(image)
    return np.array(small if turn is None else small.transpose(turn))


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What makes the picture upright by its EXIF orientation; None if it already is."""
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except (OSError, SyntaxError, ValueError, LookupError, TypeError, struct.error):
        return None  # broken metadata beside good pixels is no reason to refuse a photo


def _scaled_down(image: Image.Image, max_side: int) -> Image.Image:
    """RGB on white with no side above ``max_side``.

    Works in horizontal strips, so that conversions never hold a second copy of a large picture.
    """
    width, height = image.size
    factor = max(1, max(width, height) // max_side)
    rows = max(1, _STRIP_PIXELS // (width * factor)) * factor
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        small.paste(_on_white(strip).reduce(factor), (0, top // factor))
    longest = max(small.size)
    if longest <= max_side:
        return small
    across, down = (max(1, round(side * max_side / longest)) for side in small.size)
    return small.resize((across, down), Image.Resampling.LANCZOS)


def _on_white(strip: Image.Image) -> Image.Image:
    """Any mode to RGB, transparent parts laid on white."""
    transparent = strip.info.get("transparency")
    if strip.mode.startswith("I"):
        return _from_16_bits(strip, transparent)
    if transparent is not None and strip.mode in ("1", "L", "P", "RGB"):
        if isinstance(transparent, tuple) and max(transparent) > 255:
            # The key colour of a 16-bit file; its pixels have been read by their high bytes.
            strip.info["transparency"] = tuple(value >> 8 for value in transparent)
        strip = strip.convert("RGBA")
    if strip.mode in ("LA", "PA", "RGBA"):
        rgba = strip.convert("RGBA")
        white = Image.new("RGB", rgba.size, "white")
        white.paste(rgba, mask=rgba.getchannel("A"))
        return white
    return strip.convert("RGB")


def _from_16_bits(strip: Image.Image, transparent: object) -> Image.Image:
    """16-bit gray, rounded to 8 bits (Pillow's own conversion would clip at 255)."""
    values = np.clip(np.asarray(strip), 0, 65535).astype(np.uint32)
    gray = ((values + 128) // 257).astype(np.uint8)
    if isinstance(transparent, int):
        gray[values == transparent] = 255
    return Image.fromarray(gray).convert("RGB")
