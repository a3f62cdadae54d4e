"""Pixels to bytes that are kept or shown: PNG, JPEG, GIF, and back from our own PNG."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from tfcore.errors import BadImage, UserError
from tfcore.images import headers
from tfcore.images.decoding import MAX_PIXELS, damaged, open_picture
from tfcore.images.pixels import check_pixels, digest

Pixels = npt.NDArray[np.uint8]

_MIMES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_GIF_UNIT = 10  # a GIF counts time in hundredths of a second
_GIF_SHORTEST = 20  # browsers slow anything shorter down to a tenth of a second


def to_png(rgb8: Pixels) -> bytes:
    """Encode without loss; the same pixels give the same bytes on one installation.

    Across installations the compressor may differ: compare with ``png_digest``.

    Args:
        rgb8: ``uint8``, ``(height, width, 3)``.
    """
    return _encoded(_image(rgb8), "PNG", compress_level=6)


def from_png(data: bytes) -> Pixels:
    """Read an 8-bit RGB PNG back exactly as it is: nothing is scaled or turned.

    For files that this product wrote; photos go through ``decode``.

    Raises:
        BadImage: If it is not a whole 8-bit RGB PNG of at most 64 million pixels.
    """
    size = headers.declared_size("PNG", data) if headers.sniff(data) == "PNG" else None
    if size is None or data[24:26] != b"\x08\x02" or size[0] * size[1] > MAX_PIXELS:
        raise BadImage(
            "a file that this product did not write",
            "an 8-bit RGB PNG",
            "upload it as a photo instead",
        )
    try:
        with open_picture(data, "PNG") as image:
            return np.array(image.convert("RGB"))
    except Exception as error:
        raise damaged("PNG") from error


def png_digest(data: bytes) -> str:
    """``digest`` of the pixels inside a PNG of ours, whatever compressed them.

    Raises:
        BadImage: As ``from_png``.
    """
    return digest(from_png(data))


def to_jpeg(rgb8: Pixels, *, quality: int = 90) -> bytes:
    """Encode for showing, with full colour resolution.

    Halving the colours, the usual saving, would smear the coloured noise that growing images
    start from.

    Args:
        rgb8: ``uint8``, ``(height, width, 3)``.
        quality: 1 (small) to 95 (faithful).
    """
    if not 1 <= quality <= 95:
        raise UserError(f"JPEG quality {quality}", "1 to 95", "give 90")
    return _encoded(_image(rgb8), "JPEG", quality=quality, subsampling=0)


def thumbnail(rgb8: Pixels, side: int) -> bytes:
    """A JPEG that fits into ``side`` x ``side`` pixels; proportions stay, nothing is enlarged."""
    if side < 1:
        raise UserError(f"a side of {side} pixels", "at least 1", "give a side such as 96")
    image = _image(rgb8)
    image.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=None)
    return _encoded(image, "JPEG", quality=80)


def to_gif(frames: Sequence[Pixels], milliseconds: int = 80, *, final_hold: int = 1500) -> bytes:
    """An endless animation of an image's growth.

    Every frame has its own 256 colours and spreads what they miss to its neighbours (Floyd and
    Steinberg, 1976): noise and the finished image share too few colours for one palette.

    Args:
        frames: One or more ``uint8`` images of one shape ``(height, width, 3)``.
        milliseconds: How long each frame stands, at least 20.
        final_hold: How long the last one stands, at least 20 milliseconds.

    Raises:
        UserError: If there are no frames, their shapes differ, or a time is too short.
    """
    if not frames or len({frame.shape for frame in frames}) != 1:
        raise UserError(
            f"{len(frames)} frames of {len({frame.shape for frame in frames})} sizes",
            "at least one frame, all of one size",
            "collect frames of one run",
        )
    if min(milliseconds, final_hold) < _GIF_SHORTEST:
        raise UserError(
            f"{min(milliseconds, final_hold)} ms a frame",
            f"at least {_GIF_SHORTEST} ms",
            "show the frames for longer",
        )
    images = [_with_palette(_image(frame)) for frame in frames]
    times = [_whole_units(milliseconds)] * (len(images) - 1) + [_whole_units(final_hold)]
    return _encoded(
        images[0], "GIF", save_all=True, append_images=images[1:], duration=times, loop=0
    )


def data_url(data: bytes, mime: str) -> str:
    """An address that carries the picture itself, for a page that has no file to point to.

    Args:
        data: An encoded picture.
        mime: ``image/png``, ``image/jpeg``, ``image/gif`` or ``image/webp``.

    Raises:
        UserError: For any other type: an SVG or HTML address could run scripts.
    """
    if mime not in _MIMES:
        raise UserError(f'the type "{mime}"', "one of " + ", ".join(_MIMES), "encode it as PNG")
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"


def _image(rgb8: Pixels) -> Image.Image:
    check_pixels(rgb8)
    return Image.fromarray(np.ascontiguousarray(rgb8))


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _whole_units(milliseconds: int) -> int:
    return round(milliseconds / _GIF_UNIT) * _GIF_UNIT


def _with_palette(image: Image.Image) -> Image.Image:
    palette = image.quantize(256, Image.Quantize.MEDIANCUT)
    return image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
