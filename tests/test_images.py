"""What `decode` takes and how; what it refuses is in `test_images_hostile.py`."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests import pictures
from tfcore import images
from tfcore.errors import BadImage


def close(pixels: np.ndarray, expected: np.ndarray, mean: float) -> bool:
    assert pixels.shape == expected.shape
    return float(np.abs(pixels.astype(int) - expected.astype(int)).mean()) < mean


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_each_kind_gives_the_photo(kind):
    pixels = images.decode(pictures.every_kind()[kind])
    assert pixels.dtype == np.uint8
    assert pixels.flags.writeable
    exact = kind in ("PNG", "WEBP", "BMP")
    assert close(pixels, pictures.photo(), 1e-9 if exact else 6)


UPRIGHT = {  # what undoes each orientation, in NumPy's own words
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a.swapaxes(0, 1)[::-1, ::-1],
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_exif_orientation_is_applied(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    data = pictures.encoded(pictures.photo(), kind, exif=exif.tobytes(), **options)
    assert close(images.decode(data), UPRIGHT[orientation](pictures.photo()), 4)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_unknown_orientation_leaves_the_photo_alone(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = pictures.encoded(pictures.photo(), "PNG", exif=exif.tobytes())
    assert np.array_equal(images.decode(data), pictures.photo())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    "broken", [b"nonsense", b"II*\0", b"II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0"]
)
def test_broken_metadata_does_not_cost_the_photo(kind, broken):
    data = pictures.encoded(pictures.photo(), kind, exif=b"Exif\0\0" + broken)
    assert close(images.decode(data), pictures.photo(), 4)


def test_cmyk_keeps_its_colours():
    cmyk = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    red = images.decode(pictures.encoded(cmyk, "JPEG", quality=95))
    assert close(red, np.full((32, 32, 3), (255, 0, 0)), 4)


def test_bitmap_with_rows_from_the_top():
    data = bytearray(pictures.every_kind()["BMP"])
    data[22:26] = (-48).to_bytes(4, "little", signed=True)
    assert np.array_equal(images.decode(bytes(data)), pictures.photo()[::-1])


@pytest.mark.parametrize("mode", ["1", "L"])
def test_gray_becomes_rgb(mode):
    gray = Image.fromarray(pictures.photo()).convert(mode)
    pixels = images.decode(pictures.encoded(gray, "PNG"))
    assert np.array_equal(pixels, np.array(gray.convert("RGB")))


def test_16_bit_gray_is_scaled_and_not_clipped():
    values = np.linspace(0, 65535, 64 * 16).astype(np.uint16).reshape(16, 64)
    pixels = images.decode(pictures.png_16(values))
    assert np.array_equal(pixels[..., 0], np.rint(values / 257).astype(np.uint8))
    assert np.ptp(pixels, axis=-1).max() == 0


def test_16_bit_rgb_is_scaled_and_not_clipped():
    values = pictures.photo().astype(np.uint16) * 257
    assert np.array_equal(images.decode(pictures.png_16(values)), pictures.photo())


def test_16_bit_transparent_colour_is_white():
    gray = np.full((16, 16), 5000, np.uint16)
    gray[:, 8:] = 300
    pixels = images.decode(pictures.png_16(gray, key=b"\x01\x2c"))  # 300
    assert pixels[0, 15].tolist() == [255, 255, 255]
    assert pixels[0, 0].tolist() == [19, 19, 19]
    rgb = np.full((16, 16, 3), 40_000, np.uint16)
    rgb[:, 8:] = 257 * 9
    pixels = images.decode(pictures.png_16(rgb, key=b"\x09\x09" * 3))
    assert pixels[0, 15].tolist() == [255, 255, 255]
    assert pixels[0, 0].tolist() == [156, 156, 156]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white(mode, kind):
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 128))
    image.paste((100, 100, 100, 255), (0, 0, 8, 16))
    image.paste((0, 0, 0, 0), (8, 0, 16, 8))
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    pixels = images.decode(pictures.encoded(image.convert(mode), kind, **options))
    assert pixels[0, 0].tolist() == [100] * 3
    assert pixels[0, 15].tolist() == [255] * 3
    assert pixels[15, 15].tolist() == [127] * 3


def test_palette_gives_its_colours_and_its_transparent_entry_is_white():
    image = Image.new("P", (16, 16), 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.paste(0, (0, 0, 8, 16))
    opaque = images.decode(pictures.encoded(image, "PNG"))
    assert opaque[0, 0].tolist() == [10, 20, 30]
    assert opaque[0, 15].tolist() == [200, 100, 50]
    for kind, entry in (("PNG", 0), ("PNG", b"\0\xff"), ("GIF", 0)):
        pixels = images.decode(pictures.encoded(image, kind, transparency=entry))
        assert pixels[0, 0].tolist() == [255] * 3
        assert pixels[0, 15].tolist() == [200, 100, 50]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(kind):
    red, blue = (Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    options = {"lossless": True} if kind == "WEBP" else {}
    data = pictures.encoded(red, kind, save_all=True, append_images=[blue], duration=50, **options)
    assert images.decode(data)[8, 8].tolist() == [255, 0, 0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
def test_trailing_garbage_is_ignored(kind):
    data = pictures.every_kind()[kind]
    assert np.array_equal(images.decode(data + b"<script>\xff\xda" * 99), images.decode(data))


def test_embedded_colour_profile_is_ignored():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for icc in (profile, b"nonsense"):
        data = pictures.encoded(pictures.photo(), "PNG", icc_profile=icc)
        assert np.array_equal(images.decode(data), pictures.photo())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("max_side", [300, 100, 37])
def test_large_photos_are_scaled_down_in_proportion(kind, max_side):
    large = pictures.photo(450, 600)
    pixels = images.decode(pictures.encoded(large, kind), max_side=max_side)
    assert pixels.shape == (round(max_side * 0.75), max_side, 3)
    expected = np.array(Image.fromarray(large).resize(pixels.shape[1::-1], Image.Resampling.BOX))
    assert close(pixels, expected, 8 if kind == "GIF" else 5)


def test_strips_join_without_a_seam(monkeypatch):
    large = pictures.photo(451, 601)
    whole = images.decode(pictures.encoded(large, "PNG"), max_side=200)
    monkeypatch.setattr("tfcore.images.decoding._STRIP_PIXELS", 2000)
    assert np.array_equal(images.decode(pictures.encoded(large, "PNG"), max_side=200), whole)


def test_small_photos_are_not_enlarged():
    tiny = pictures.photo(8, 9)
    assert np.array_equal(images.decode(pictures.encoded(tiny, "PNG")), tiny)


TAKEN = {  # height and width of the upright picture
    "made/bad_marker_middle.jpg": (374, 500),
    "made/bmp_named.jpg": (374, 500),
    "made/cmyk.jpg": (374, 500),
    "made/exif_rotated_90.jpg": (500, 374),
    "made/gif_named.jpg": (374, 500),
    "made/gray.jpg": (374, 500),
    "made/no_jfif_header_bytes.jpg": (374, 500),
    "made/palette.png": (374, 500),
    "made/png_named.jpg": (374, 500),
    "made/rgba.png": (374, 500),
    "made/trailing_garbage.jpg": (374, 500),
    "made/webp_named.jpg": (374, 500),
    "real/Abyssinian_34.jpg": (202, 250),
    "real/Abyssinian_5.jpg": (150, 200),
}
REFUSED = {
    "made/Thumbs.db": "no picture",
    "made/html_saved_as.jpg": "web page",
    "made/one_pixel.png": "1 x 1 pixels",
    "made/truncated_half.jpg": "cut-off JPEG",
    "made/truncated_header.jpg": "cut-off JPEG",
    "made/zero_bytes_like_666.jpg": "empty",
}


@pytest.mark.testbed
def test_the_table_names_every_corrupt_file(testbed):
    found = {
        path.relative_to(testbed / "corrupt").as_posix()
        for path in (testbed / "corrupt").rglob("*")
        if path.is_file()
    }
    assert found == TAKEN.keys() | REFUSED.keys()


@pytest.mark.testbed
@pytest.mark.parametrize("name", TAKEN)
def test_corrupt_files_that_are_taken(testbed, name):
    pixels = images.decode((testbed / "corrupt" / name).read_bytes())
    assert pixels.shape == (*TAKEN[name], 3)
    if name.startswith("made/") and name not in ("made/rgba.png", "made/exif_rotated_90.jpg"):
        # All were made from one photo, so its brightness must be found again.
        plain = images.decode((testbed / "corrupt" / "made/png_named.jpg").read_bytes())
        # (Of the damaged one the upper part is left: its lower bytes were overwritten.)
        rows = 150 if name == "made/bad_marker_middle.jpg" else None
        assert close(pixels[:rows].mean(axis=-1), plain[:rows].mean(axis=-1), 12)


@pytest.mark.testbed
@pytest.mark.parametrize("name", REFUSED)
def test_corrupt_files_that_are_refused(testbed, name):
    with pytest.raises(BadImage, match=REFUSED[name]):
        images.decode((testbed / "corrupt" / name).read_bytes())
