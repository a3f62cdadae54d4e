"""Between pixels, numbers and encoded bytes."""

import base64
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from tests import pictures
from tfcore import images
from tfcore.errors import BadImage, UserError

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(3))
PIXELS = SHAPES.flatmap(lambda shape: arrays.arrays(np.uint8, shape))
FINITE = arrays.arrays(
    st.sampled_from([np.float32, np.float64]),
    SHAPES,
    elements=st.floats(allow_nan=False, allow_infinity=False, width=32),
)


@pytest.mark.parametrize("shape", [(40, 100), (100, 40)])
def test_fit_square_keeps_the_centre_alone(shape):
    pixels = np.zeros((*shape, 3), np.uint8)
    pixels[..., 0] = 255
    middle = tuple(slice((side - 40) // 2, (side + 40) // 2) for side in shape)
    pixels[middle] = (0, 200, 0)
    square = images.fit_square(pixels, 20)
    assert square.shape == (20, 20, 3)
    assert np.unique(square.reshape(-1, 3), axis=0).tolist() == [[0, 200, 0]]


def test_fit_square_does_not_alias():
    board = np.indices((448, 448)).sum(0) % 2 * 255
    square = images.fit_square(np.repeat(board[..., None], 3, 2).astype(np.uint8), 150)
    assert np.abs(square.astype(int) - 127).max() <= 6


def test_fit_square_leaves_the_right_size_alone():
    pixels = pictures.photo(32, 32)
    assert np.array_equal(images.fit_square(pixels, 32), pixels)
    assert images.fit_square(pixels, 64).shape == (64, 64, 3)


@settings(deadline=None)
@given(PIXELS, st.integers(1, 9))
def test_fit_square_gives_that_size_for_any_picture(pixels, size):
    square = images.fit_square(pixels, size)
    assert square.shape == (size, size, 3)
    assert square.dtype == np.uint8


def test_every_level_survives_the_round_trip():
    levels = np.arange(256, dtype=np.uint8)
    floats = images.to_float(levels)
    assert floats.dtype == np.float32
    assert (floats[0], floats[255]) == (0, 1)
    assert np.array_equal(images.to_uint8(floats), levels)
    assert np.array_equal(images.to_uint8(floats.astype(np.float64)), levels)


@settings(deadline=None)
@given(FINITE)
def test_to_uint8_is_the_nearest_level_of_the_clipped_value(values):
    levels = images.to_uint8(values)
    assert levels.dtype == np.uint8
    assert np.abs(levels / 255 - np.clip(values.astype(float), 0, 1)).max() <= 0.5 / 255 + 1e-7


def test_halves_go_to_the_even_level():
    halves = np.array([0.5, 1.5, 2.5, 3.5]) / 255
    assert images.to_uint8(halves).tolist() == [0, 2, 2, 4]


@pytest.mark.parametrize("convert", [images.to_uint8, images.stretch])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(convert, bad):
    with pytest.raises(UserError, match="finite"):
        convert(np.array([0.1, bad]))


def test_floats_are_not_taken_for_bytes():
    floats = np.ones((4, 4, 3))
    for convert in (images.to_float, images.to_png, images.digest):
        with pytest.raises(UserError, match="float64"):
            convert(floats)


@settings(deadline=None)
@given(FINITE)
def test_stretch_spans_all_levels_and_keeps_the_order(raw):
    shown = images.stretch(raw)
    if raw.min() == raw.max():
        assert (shown == 128).all()
        return
    assert (shown.min(), shown.max()) == (0, 255)
    order = np.argsort(raw, axis=None)
    assert (np.diff(shown.ravel()[order].astype(int)) >= 0).all()


def test_stretch_survives_the_ends_of_double_precision():
    ends = np.array([-1.7e308, 0.0, 1.7e308])
    assert images.stretch(ends).tolist() == [0, 128, 255]
    assert images.stretch(np.array([0.0, 5e-324])).tolist() == [0, 255]


@settings(deadline=None)
@given(PIXELS)
def test_png_gives_the_pixels_back(pixels):
    data = images.to_png(pixels)
    assert np.array_equal(images.from_png(data), pixels)
    assert images.to_png(pixels) == data
    assert images.png_digest(data) == images.digest(pixels)


def test_png_digest_does_not_depend_on_the_compressor():
    pixels = pictures.photo()
    other = pictures.encoded(pixels, "PNG", compress_level=1)
    assert other != images.to_png(pixels)
    assert images.png_digest(other) == images.png_digest(images.to_png(pixels))


def test_from_png_does_not_scale_large_pictures():
    large = np.zeros((3, 3000, 3), np.uint8)
    assert np.array_equal(images.from_png(images.to_png(large)), large)


REFUSED = {
    "JPEG": pictures.encoded(pictures.photo(), "JPEG"),
    "palette": pictures.encoded(Image.new("P", (9, 9)), "PNG"),
    "RGBA": pictures.encoded(Image.new("RGBA", (9, 9)), "PNG"),
    "16 bits": pictures.png_16(pictures.photo().astype(np.uint16)),
    "cut off": images.to_png(pictures.photo())[:-40],
    "signature alone": b"\x89PNG\r\n\x1a\n",
    "empty": b"",
}


@pytest.mark.parametrize("name", REFUSED)
def test_from_png_takes_our_own_files_alone(name):
    with pytest.raises(BadImage):
        images.from_png(REFUSED[name])


def test_from_png_refuses_a_bomb_by_its_header():
    with pytest.raises(BadImage) as refusal:
        images.from_png(pictures.png((9_000, 9_000), 8, 2, b""))
    assert refusal.value.__cause__ is None  # nothing was handed to the decoder


@settings(deadline=None)
@given(PIXELS, st.data())
def test_digest_changes_with_any_pixel(pixels, data):
    changed = pixels.copy()
    at = tuple(data.draw(st.integers(0, side - 1)) for side in pixels.shape)
    changed[at] ^= 1
    assert images.digest(changed) != images.digest(pixels)
    assert images.digest(changed[::-1][::-1]) == images.digest(changed)


def test_digest_knows_the_shape():
    flat = np.zeros((2, 3, 3), np.uint8)
    assert images.digest(flat) != images.digest(flat.reshape(3, 2, 3))
    assert len(images.digest(flat)) == 64


def test_jpeg_is_near_and_keeps_coloured_noise():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    shown = np.asarray(Image.open(io.BytesIO(images.to_jpeg(noise, quality=95))))
    assert np.abs(shown.astype(int) - noise).mean() < 6
    assert len(images.to_jpeg(noise, quality=40)) < len(images.to_jpeg(noise, quality=90))
    with pytest.raises(UserError, match="1 to 95"):
        images.to_jpeg(noise, quality=100)


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [((480, 640), 64, (64, 48)), ((640, 480), 64, (48, 64)), ((30, 20), 64, (20, 30))],
)
def test_thumbnail_fits_and_is_not_enlarged(shape, side, expected):
    image = Image.open(io.BytesIO(images.thumbnail(pictures.photo(*shape), side)))
    assert image.format == "JPEG"
    assert image.size == expected


def growth() -> list[np.ndarray]:
    """Noise that fades into a photo, as a run's frames do."""
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(float)
    return [
        (noise * (1 - share) + pictures.photo() * share).astype(np.uint8)
        for share in np.linspace(0, 1, 5)
    ]


def test_gif_shows_every_frame_and_holds_the_last():
    frames = growth()
    gif = Image.open(io.BytesIO(images.to_gif(frames, 60, final_hold=1200)))
    assert (gif.format, gif.n_frames, gif.info["loop"]) == ("GIF", 5, 0)
    times = []
    for number, frame in enumerate(frames):
        gif.seek(number)
        times.append(gif.info["duration"])
        shown = np.asarray(gif.convert("RGB")).astype(float)
        assert np.abs(shown - frame).mean() < 22
        assert np.abs(shown.mean((0, 1)) - frame.mean((0, 1))).max() < 3
    assert times == [60] * 4 + [1200]
    assert np.abs(shown - frames[-1]).mean() < 7


def test_gif_spreads_missing_colours_so_that_gradients_stay_smooth():
    ramp = np.linspace(0, 200, 256)
    pixels = pictures.photo(256, 256)
    pixels[..., 2] = (ramp[:, None] + ramp) / 2
    shown = np.asarray(Image.open(io.BytesIO(images.to_gif([pixels]))).convert("RGB"))
    blocks = [a.reshape(32, 8, 32, 8, 3).mean((1, 3)) for a in (shown, pixels)]
    assert np.abs(blocks[0] - blocks[1]).mean() < 1.5  # 3.1 without


def test_gif_of_one_frame():
    gif = Image.open(io.BytesIO(images.to_gif([pictures.photo()], 80)))
    assert gif.n_frames == 1


@pytest.mark.parametrize(
    ("frames", "times", "words"),
    [
        ([], (80, 80), "0 frames"),
        ([pictures.photo(8, 8), pictures.photo(8, 9)], (80, 80), "2 sizes"),
        ([pictures.photo()], (10, 80), "10 ms"),
        ([pictures.photo()], (80, 0), "0 ms"),
    ],
)
def test_gif_refuses_in_words(frames, times, words):
    with pytest.raises(UserError, match=words):
        images.to_gif(frames, times[0], final_hold=times[1])


def test_data_url_carries_the_bytes_and_no_scripts():
    data = images.to_png(pictures.photo())
    head, _, body = images.data_url(data, "image/png").partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(body) == data
    for mime in ("image/svg+xml", "text/html", 'image/png"onload="x'):
        with pytest.raises(UserError):
            images.data_url(data, mime)
