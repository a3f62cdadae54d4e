"""`decode` against files that mean harm: one sentence, and neither memory, noise nor races."""

import io
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests import pictures
from tfcore import images
from tfcore.errors import BadImage, Flaw
from tfcore.images import headers

VALID = list(pictures.every_kind().values())
PNG = pictures.every_kind()["PNG"]
GIF = pictures.every_kind()["GIF"]
FRAME = GIF.index(b"\x2c\0\0\0\0\x40\0\x30\0")
SIGNATURES = [data[:12] for data in VALID] + [b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8X", b""]

REFUSED = {
    "empty": (b"", "an empty file"),
    "web page": (b"\xef\xbb\xbf \n<!DOCTYPE html><p>404</p>", "a web page"),
    "SVG": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "an SVG drawing"),
    "text": ("naïve".encode(), "a text file"),
    "PDF": (b"%PDF-1.7\n\xe2\xe3", "a PDF document"),
    "TIFF": (pictures.encoded(pictures.photo(), "TIFF"), "a TIFF picture"),
    "AVIF": (b"\0\0\0\x1cftypavif\0\0", "an AVIF picture"),
    "HEIC": (b"\0\0\0\x1cftypheic\0\0", "a HEIC picture"),
    "zip": (b"PK\x03\x04\0\0", "a zip archive"),
    "bytes that are no letters": (b"\xe9t\xe9 \xff", "a file that is no picture"),
    "zeros": (bytes(4096), "a file that is no picture"),
    "signature alone": (b"\x89PNG\r\n\x1a\n", "a damaged or cut-off PNG file"),
    "GIF without a frame": (b"GIF89a\x20\0\x20\0\0\0\0;", "a damaged or cut-off GIF file"),
    "GIF of stray bytes": (GIF[:FRAME] + bytes(300_000) + GIF[FRAME:], "cut-off GIF file"),
    "PNG with a bomb for a comment": (
        PNG[:33] + pictures.chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(9_000_000))) + PNG[33:],
        "a damaged or cut-off PNG file",
    ),
    "one pixel": (pictures.encoded(pictures.photo(1, 1), "PNG"), "1 x 1 pixels"),
    "line": (pictures.encoded(pictures.photo(7, 900), "PNG"), "900 x 7 pixels"),
    "thread": (pictures.encoded(pictures.photo(9, 2600), "PNG"), "2600 x 9 pixels"),
    "JPEG of endless scans": (
        VALID[0][:-2] + b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0" * 5000,
        "a JPEG of 5001 scans",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_sentence(name):
    data, words = REFUSED[name]
    with pytest.raises(BadImage) as refusal:
        images.decode(data)
    assert words in refusal.value.got
    assert "\n" not in str(refusal.value)


FLAWS = {
    "empty": Flaw.EMPTY,
    "web page": Flaw.NOT_AN_IMAGE,
    "zip": Flaw.NOT_AN_IMAGE,
    "signature alone": Flaw.TRUNCATED,
    "GIF without a frame": Flaw.TRUNCATED,
    "one pixel": Flaw.TOO_SMALL,
    "thread": Flaw.TOO_SMALL,
    "JPEG of endless scans": Flaw.TOO_LARGE,
}


@pytest.mark.parametrize("name", FLAWS)
def test_the_flaw_is_told_in_a_word_that_survives_a_trip(name):
    with pytest.raises(BadImage) as refusal:
        images.decode(REFUSED[name][0])
    error = refusal.value
    kind, parts = error.__reduce__()
    assert error.flaw is kind(*parts).flaw is FLAWS[name]


@pytest.mark.parametrize("bomb", pictures.bombs().values(), ids=pictures.bombs())
def test_a_bomb_is_too_large(bomb):
    with pytest.raises(BadImage) as refusal:
        images.decode(bomb)
    assert refusal.value.flaw is Flaw.TOO_LARGE


@pytest.mark.parametrize(("subsampling", "room"), [(0, 2.0), (2, 1.0)])
def test_a_jpeg_in_several_passes_has_room_for_what_is_kept_between_them(subsampling, room):
    data = pictures.encoded(pictures.photo(), "JPEG", progressive=True, subsampling=subsampling)
    images.decode(data, max_pixels=int(64 * 48 * room))
    with pytest.raises(BadImage, match="64 x 48 pixels"):
        images.decode(data, max_pixels=int(64 * 48 * room) - 1)


@pytest.mark.parametrize("kind", pictures.every_kind())
@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.95])
def test_cut_off_files_are_refused(kind, share):
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    data = pictures.encoded(noise, kind)
    assert images.decode(data).shape == (48, 64, 3)
    with pytest.raises(BadImage, match="damaged or cut-off"):
        images.decode(data[: int(len(data) * share)])


def test_limits_are_the_callers():
    data = pictures.encoded(pictures.photo(), "PNG")
    with pytest.raises(BadImage, match="at most"):
        images.decode(data, max_bytes=len(data) - 1)
    with pytest.raises(BadImage, match="64 x 48 pixels"):
        images.decode(data, max_pixels=64 * 48 - 1)
    assert images.decode(data, max_bytes=len(data), max_pixels=64 * 48).shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("BMP", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"xmp": b"<x>"}),  # the extended header
    ],
)
def test_size_is_read_from_the_header_alone(kind, options):
    data = pictures.encoded(pictures.photo(), kind, **options)
    assert headers.declared_size(kind, data) == (64, 48)


def outcome(data: bytes) -> np.ndarray | None:
    """Decode under the property that holds for all bytes: pixels or BadImage, and silence."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            pixels = images.decode(data, max_side=64, max_pixels=1_000_000)
        except BadImage as refusal:
            assert "\n" not in str(refusal)
            pixels = None
    assert not heard
    if pixels is not None:
        assert pixels.dtype == np.uint8
        assert pixels.shape[2] == 3
        assert min(pixels.shape[:2]) >= 8
        assert max(pixels.shape[:2]) <= 64
    return pixels


@settings(deadline=None)
@given(st.sampled_from(SIGNATURES), st.binary(max_size=400))
def test_random_bytes_are_pixels_or_bad_image(signature, rest):
    outcome(signature + rest)


@settings(deadline=None)
@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4))),
    st.floats(0.2, 1),
)
@example(VALID[1], [], 1.0)
def test_mutated_files_are_pixels_or_bad_image(data, changes, share):
    mutated = bytearray(data)
    for place, new in changes:
        at = int(place * len(mutated))
        mutated[at : at + len(new)] = new
    outcome(bytes(mutated[: int(len(mutated) * share)]))


@settings(deadline=None)
@given(st.sampled_from(VALID), st.integers(0, 255), st.integers(0, 120))
def test_changed_headers_are_pixels_or_bad_image(data, byte, at):
    outcome(data[:at] + bytes([byte]) + data[at + 1 :])


@settings(deadline=None)
@given(
    st.binary(max_size=80),
    st.sampled_from([b"Exif\0\0II*\0\x08\0\0\0", b"Exif\0\0MM\0*\0\0\0\x08"]),
)
def test_hostile_metadata_costs_nothing(entries, start):
    data = pictures.encoded(pictures.photo(), "JPEG", exif=start + entries)
    assert outcome(data) is not None


def test_pillows_warnings_do_not_escape():
    broken = b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0"
    data = pictures.encoded(pictures.photo(), "JPEG", exif=broken)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        Image.open(io.BytesIO(data)).getexif()
    assert heard, "the file no longer provokes a warning, so the next lines would prove nothing"
    outcome(data)


def test_threads_get_what_one_thread_gets():
    expected = [images.decode(data) for data in VALID]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(6):
            for pixels, alone in zip(pool.map(images.decode, VALID), expected, strict=True):
                assert np.array_equal(pixels, alone)


MEASURE = """
import pathlib, re, sys
from tfcore import images
from tfcore.errors import BadImage

def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024

for path in sys.argv[1:]:
    data = pathlib.Path(path).read_bytes()
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = peak()
    try:
        said = images.decode(data).shape
    except BadImage as refusal:
        said = refusal.got
    print(f"{peak() - before:.1f}|{said}")
"""


def peaks(files: dict[str, bytes], folder: Path) -> list[tuple[float, str]]:
    """Extra megabytes at the peak of each decode, in a process that has decoded nothing before."""
    paths = [folder / str(number) for number in range(len(files))]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    lines = subprocess.run(
        [sys.executable, "-c", MEASURE, *paths], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [(float(line.split("|")[0]), line.split("|")[1]) for line in lines]


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="peak memory is read from Linux's /proc"
)


@needs_proc
def test_bombs_are_refused_before_they_take_memory(tmp_path):
    bombs = pictures.bombs()
    assert max(map(len, bombs.values())) < 200_000
    for name, (megabytes, said) in zip(bombs, peaks(bombs, tmp_path), strict=True):
        assert said.startswith("a picture"), name
        assert megabytes < 8, f"{name} took {megabytes} MB"


@needs_proc
def test_a_photo_of_8000_pixels_is_taken_in_little_memory(tmp_path):
    photo = pictures.encoded(pictures.photo(6000, 8000), "JPEG")
    [(megabytes, said)] = peaks({"photo": photo}, tmp_path)
    assert said == "(1536, 2048, 3)"
    assert megabytes < 160  # its pixels alone, decoded in full, are 192 MB in Pillow
