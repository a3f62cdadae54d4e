"""Colours of classes: each is seen on its ground, and no two are the same."""

import pytest
from PIL import ImageColor

from tfcore.palette import DARK, GROUND, LIGHT, colour


def luminance(text):
    """Relative luminance of WCAG 2.1."""
    parts = [value / 255 for value in ImageColor.getrgb(text)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("colours", "ground"), [(LIGHT, GROUND), (LIGHT, "#FFFFFF"), (DARK, "#050609")]
)
def test_each_colour_is_seen_on_its_ground(colours, ground):
    assert all(contrast(one, ground) >= 3 for one in colours)


def test_colours_are_different_and_begin_anew():
    assert len(set(LIGHT)) == len(set(DARK)) == len(LIGHT) == len(DARK)
    assert colour(len(LIGHT) + 2) == LIGHT[2]
    assert colour(1, is_dark=True) == DARK[1]
