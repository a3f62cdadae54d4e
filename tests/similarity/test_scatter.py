"""A picture of points: each where it belongs, in the colour of its class."""

import numpy as np
import pytest
from PIL import ImageColor

from tfcore import palette
from tfcore.similarity.scatter import draw

GROUND = ImageColor.getrgb(palette.GROUND)


def test_points_lie_where_they_belong_and_up_is_up():
    picture = np.asarray(draw(np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 2.0]]), [0, 1, 2], side=200))
    places = {
        number: np.argwhere((picture == ImageColor.getrgb(palette.colour(number))).all(axis=2))
        for number in range(3)
    }
    (low, left), (_, right), (high, _) = (places[n].mean(axis=0) for n in range(3))
    assert right - left == pytest.approx(180, abs=2)  # the whole but the margins
    assert low - high == pytest.approx(90, abs=2)  # one scale for both directions


@pytest.mark.parametrize("points", [np.zeros((0, 2)), np.zeros((1, 2)), np.ones((5, 2))])
def test_points_without_extent_are_drawn_in_the_middle(points):
    picture = np.asarray(draw(points, [0] * len(points), side=100))
    marked = (picture != GROUND).any(axis=2)
    assert marked.any() == bool(len(points))
    if len(points):
        np.testing.assert_allclose(np.argwhere(marked).mean(axis=0), 50, atol=1)


def test_more_points_are_smaller():
    draws = [
        draw(np.random.default_rng(0).normal(size=(n, 2)), [0] * n, side=200) for n in (50, 5000)
    ]
    single = [draw(np.zeros((n, 2)), [0] * n, side=200) for n in (50, 5000)]
    area = [(np.asarray(one) != GROUND).any(axis=2).sum() for one in single]
    assert area[1] < area[0]
    assert all(one.size == (200, 200) for one in draws)
