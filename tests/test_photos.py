"""A photo becomes the square that the network sees, and its digest names the pixels."""

import numpy as np
import pytest
from PIL import Image

from tests import pictures
from tfcore import catalog, images, photos
from tfcore.config import config
from tfcore.errors import BadImage, UnknownName


@pytest.fixture(autouse=True)
def fresh():
    """Limits are read anew, here and by whoever comes after."""
    config.cache_clear()
    yield
    config.cache_clear()


@pytest.mark.parametrize("network", ["efficientnet-lite0", "efficientnet-lite2", "vgg16"])
def test_the_crop_has_the_networks_size(network):
    photo = photos.prepare(pictures.encoded(pictures.photo(300, 400), "JPEG"), network)
    side = catalog.get(network).input_size
    assert images.from_png(photo.png).shape == (side, side, 3)


def test_the_digest_is_of_the_pixels_whatever_file_they_came_in():
    pixels = pictures.photo(100, 140)
    png, bmp = (photos.prepare(pictures.encoded(pixels, kind), "vgg16") for kind in ("PNG", "BMP"))
    assert png.digest == bmp.digest == images.png_digest(png.png)
    assert len(png.digest) == 64
    other = pixels.copy()
    other[50:60, 60:80] = 255
    changed = photos.prepare(pictures.encoded(other, "PNG"), "vgg16")
    assert changed.digest != png.digest


def test_the_crop_is_the_middle_and_nothing_is_squeezed():
    wide = np.zeros((224, 672, 3), np.uint8)
    wide[:, 224:448] = (0, 200, 0)
    seen = images.from_png(photos.prepare(pictures.encoded(wide, "PNG"), "vgg16").png)
    assert (seen[:, 4:-4] == (0, 200, 0)).all()


def test_a_prepared_photo_stays_as_it_is():
    once = photos.prepare(pictures.encoded(pictures.photo(300, 300), "PNG"), "vgg16")
    assert photos.prepare(once.png, "vgg16").digest == once.digest


@pytest.mark.parametrize("content", [b"", b"hello", b"<html>", b"\x89PNG\r\n\x1a\n", bytes(50)])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(BadImage):
        photos.prepare(content, "vgg16")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_half_a_picture_is_refused(kind):
    noise = np.random.default_rng(1).integers(0, 255, (80, 80, 3), np.uint8)
    whole = pictures.encoded(noise, kind)
    with pytest.raises(BadImage):
        photos.prepare(whole[: len(whole) // 2], "vgg16")


def test_the_deployments_limit_on_uploads_holds(monkeypatch):
    monkeypatch.setenv("TRANSFERLAB_MAX_UPLOAD_MB", "1")
    noise = np.random.default_rng(1).integers(0, 255, (700, 700, 3), np.uint8)
    with pytest.raises(BadImage, match="at most 1 MB"):
        photos.prepare(pictures.encoded(noise, "BMP"), "vgg16")
    assert photos.prepare(pictures.encoded(noise[:400, :400], "BMP"), "vgg16")


def test_an_unknown_network_is_refused():
    with pytest.raises(UnknownName):
        photos.prepare(pictures.encoded(pictures.photo(), "PNG"), "vgg99")


def test_transparency_becomes_white_and_the_record_hides_its_bytes():
    clear = Image.new("RGBA", (64, 64), (10, 20, 30, 0))
    photo = photos.prepare(pictures.encoded(clear, "PNG"), "vgg16")
    assert (images.from_png(photo.png) == 255).all()
    assert "PNG" not in repr(photo)


def test_a_dream_takes_a_larger_square():
    photo = photos.prepare(pictures.encoded(pictures.photo(500, 700), "PNG"), "vgg16", 448)
    assert images.from_png(photo.png).shape == (448, 448, 3)
