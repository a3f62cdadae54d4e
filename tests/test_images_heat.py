"""Levels as a coloured picture: nothing is lost, and brighter always means more."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from tfcore import images
from tfcore.errors import UserError

EVERY = np.arange(256, dtype=np.uint8)[None]


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=9)), some.booleans())
def test_the_levels_come_back(shown, opaque):
    assert (images.from_heat(images.to_heat(shown, opaque=opaque)) == shown).all()


def test_brighter_means_more_and_nothing_lets_the_photo_through():
    with Image.open(io.BytesIO(images.to_heat(EVERY))) as image:
        rgba = np.array(image.convert("RGBA"))[0].astype(float)
    luminance = rgba[:, :3] @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(luminance) > -0.6).all()  # each colour is rounded to whole levels
    assert luminance[-1] - luminance[0] > 200
    assert rgba[:, 3].tolist() == list(range(256))


def test_opaque_covers_all():
    with Image.open(io.BytesIO(images.to_heat(EVERY, opaque=True))) as image:
        assert np.array(image.convert("RGBA"))[..., 3].min() == 255


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(UserError, match="finite"):
        images.levels(np.array([0.0, value]))
