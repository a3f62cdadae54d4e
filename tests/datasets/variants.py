"""Some 200 ways to write the same photo, each with the pixels that are meant by it."""

import itertools
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests import pictures

# Before turning upright: what a camera held that way would have written (EXIF 2.32, table 6).
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}
SIZES = [(8, 8), (8, 200), (200, 8), (9, 31), (33, 47), (48, 64), (120, 90), (257, 129)]
LOSSLESS = {"PNG": {}, "BMP": {}, "WEBP": {"lossless": True}}
LOSSY = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"quality": 95}}
ENDINGS = {"JPEG": "jpg", "WEBP": "webp"}

Variant = tuple[str, str, bytes, np.ndarray, float]
"""Name, kind, file, the pixels that were meant, and the largest mean error of the codec."""


def gray(pixels: np.ndarray) -> np.ndarray:
    one = np.asarray(Image.fromarray(pixels).convert("L"))
    return np.stack([one] * 3, axis=-1)


def on_white(pixels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    share = alpha[..., None] / 255
    return np.rint(pixels * share + 255 * (1 - share))


def plain() -> Iterator[Variant]:
    for (kind, options), (height, width) in itertools.product(LOSSLESS.items(), SIZES):
        photo = pictures.photo(height, width)
        yield f"{height}x{width}", kind, pictures.encoded(photo, kind, **options), photo, 0
    for (kind, options), (height, width) in itertools.product(LOSSY.items(), SIZES):
        photo = pictures.photo(height, width)
        tolerance = 2 if kind == "JPEG" else 12 if min(height, width) == 8 else 5
        yield f"{height}x{width}", kind, pictures.encoded(photo, kind, **options), photo, tolerance


def turned() -> Iterator[Variant]:
    photo = pictures.photo()
    for turn, (kind, options) in itertools.product(
        STORED, [("JPEG", LOSSY["JPEG"]), ("PNG", {}), ("WEBP", LOSSLESS["WEBP"])]
    ):
        exif = Image.Exif()
        exif[0x0112] = turn
        stored = np.ascontiguousarray(STORED[turn](photo))
        data = pictures.encoded(stored, kind, exif=exif.tobytes(), **options)
        yield f"turned {turn}", kind, data, photo, 2 if kind == "JPEG" else 0


def modes() -> Iterator[Variant]:
    for height, width in SIZES:
        photo = pictures.photo(height, width)
        image = Image.fromarray(photo)
        name = f"{height}x{width}"
        for kind in ("PNG", "BMP", "GIF", "JPEG"):
            options = LOSSY["JPEG"] if kind == "JPEG" else {}
            data = pictures.encoded(image.convert("L"), kind, **options)
            yield f"gray {name}", kind, data, gray(photo), 1 if kind == "JPEG" else 0
            bits = image.convert("1")
            if kind != "JPEG":
                black_white = np.stack([np.asarray(bits, np.uint8) * 255] * 3, axis=-1)
                yield f"bits {name}", kind, pictures.encoded(bits, kind), black_white, 0
        palette = image.quantize(200)
        shown = np.asarray(palette.convert("RGB"))
        for kind in ("PNG", "GIF", "BMP"):
            yield f"palette {name}", kind, pictures.encoded(palette, kind), shown, 0
        alpha = np.linspace(0, 255, width).astype(np.uint8)[None].repeat(height, 0)
        for mode, kind in (("RGBA", "PNG"), ("RGBA", "WEBP"), ("LA", "PNG")):
            clear = image.convert(mode)
            clear.putalpha(Image.fromarray(alpha))
            base = photo if mode == "RGBA" else gray(photo)
            options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
            data = pictures.encoded(clear, kind, **options)
            yield f"{mode} {name}", kind, data, on_white(base, alpha), 1
        cmyk = image.convert("CMYK")
        data = pictures.encoded(cmyk, "JPEG", **LOSSY["JPEG"])
        yield f"CMYK {name}", "JPEG", data, np.asarray(cmyk.convert("RGB")), 3
        data = pictures.encoded(image, "JPEG", progressive=True, **LOSSY["JPEG"])
        yield f"progressive {name}", "JPEG", data, photo, 2


def deep() -> Iterator[Variant]:
    for height, width in SIZES:
        photo = pictures.photo(height, width)
        colour = photo.astype(np.uint16) * 257
        name = f"{height}x{width}"
        yield f"16-bit {name}", "PNG", pictures.png_16(colour), photo, 0
        yield (
            f"16-bit gray {name}",
            "PNG",
            pictures.png_16(gray(photo)[..., 0] * np.uint16(257)),
            (gray(photo)),
            0,
        )


def animated() -> Iterator[Variant]:
    for height, width in SIZES[4:]:
        photo = pictures.photo(height, width)
        first, others = Image.fromarray(photo), [Image.fromarray(255 - photo)]
        palette = first.quantize(256)
        data = pictures.encoded(palette, "GIF", save_all=True, append_images=others, duration=80)
        yield f"animated {height}", "GIF", data, np.asarray(palette.convert("RGB")), 1
        for kind, options in (("WEBP", {"lossless": True}), ("PNG", {})):
            data = pictures.encoded(first, kind, save_all=True, append_images=others, **options)
            yield f"animated {height}", kind, data, photo, 0


VARIANTS = [*plain(), *turned(), *modes(), *deep(), *animated()]


def file_name(number: int) -> str:
    """A name with the ending that belongs to the variant of that number."""
    kind = VARIANTS[number][1]
    return f"{number:03}.{ENDINGS.get(kind, kind.lower())}"
