import numpy as np
import pytest

from tfcore import images
from tfcore.synthesis.parametrization import PARAMETRIZATIONS, Fourier, Pixels, Raw


def first(name, start, seed=0, photo=None, size=32):
    made = PARAMETRIZATIONS[name](size)
    return np.array(made.image(made.initial(start, seed, photo)))


def photo(size=32):
    rng = np.random.default_rng(1)
    levels = rng.integers(0, 256, (size, size, 3), dtype=np.uint8)
    levels[:4], levels[-4:], levels[:, :4, 0] = 0, 255, 255
    return levels


@pytest.mark.parametrize("name", list(PARAMETRIZATIONS))
@pytest.mark.parametrize("start", ["noise", "gray"])
def test_starts_have_the_shape_of_one_image(name, start):
    assert first(name, start).shape == (1, 32, 32, 3)


@pytest.mark.parametrize("name", list(PARAMETRIZATIONS))
def test_noise_follows_the_seed(name):
    assert np.array_equal(first(name, "noise", 7), first(name, "noise", 7))
    assert not np.array_equal(first(name, "noise", 7), first(name, "noise", 8))
    assert first(name, "noise", 7).std() > 0.02


@pytest.mark.parametrize("name", ["pixels", "fourier"])
def test_images_stay_in_range_and_gray_is_gray(name):
    noise = first(name, "noise")
    assert noise.min() >= 0
    assert noise.max() <= 1
    np.testing.assert_allclose(first(name, "gray"), 0.5, atol=1e-6)


@pytest.mark.parametrize("name", ["pixels", "fourier"])
@pytest.mark.parametrize("size", [32, 33])
def test_a_photo_start_shows_the_photo(name, size):
    levels = photo(size)
    image = first(name, "photo", photo=images.to_float(levels), size=size)[0]
    shown = PARAMETRIZATIONS[name](size).shown(image)
    assert np.abs(shown.astype(int) - levels).max() <= 1


def test_raw_is_the_lessons_normal_noise_shown_from_least_to_greatest():
    noise = first("raw", "noise", size=64)
    assert abs(noise.mean()) < 0.05
    assert abs(noise.std() - 1) < 0.05
    shown = Raw(64).shown(noise[0])
    assert (shown.min(), shown.max()) == (0, 255)
    levels = photo()
    image = first("raw", "photo", photo=images.to_float(levels))[0]
    assert np.array_equal(Raw(32).shown(image), levels)


def test_only_pixels_are_clipped():
    far = np.array([[[[-3.0, 0.5, 9.0]]]], np.float32)
    assert np.array(Pixels(1).project(far)).tolist() == [[[[0.0, 0.5, 1.0]]]]
    assert Raw(1).project(far) is far
    assert Fourier(1).project(far) is far


def test_a_fourier_coefficient_is_a_wave_and_low_ones_count_more():
    fourier = Fourier(32)

    def contrast(row):
        value = fourier.initial("gray", 0, None)
        value[0, 0, 0, row, 0] = 1.0
        image = np.array(fourier.image(value))[0]
        np.testing.assert_allclose(image, image[:, :1].repeat(32, 1), atol=1e-5)
        return image.std()

    assert contrast(1) > 4 * contrast(8) > 0


def test_a_photo_start_needs_a_photo():
    with pytest.raises(ValueError, match="needs a photo"):
        Pixels(8).initial("photo", 0, None)
