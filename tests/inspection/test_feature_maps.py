"""Channels come in the order of what they say, and a map shows what the layer gave."""

import numpy as np
import pytest

from tests.inspection.conftest import LAYER, MAPS
from tfcore import images
from tfcore.errors import UnknownName
from tfcore.inspection.feature_maps import feature_maps, ranked, view

QUIET, EVEN, SPOT = 0, 1, 2


@pytest.fixture
def three():
    """One channel that says nothing, one that says a little everywhere, one that shouts once."""
    values = np.zeros((4, 4, 3), np.float32)
    values[..., QUIET] = -1.0
    values[..., EVEN] = 2.0
    values[1, 3, SPOT] = 9.0
    return values


def test_the_mean_finds_what_fills_the_photo_and_the_highest_a_detail(three):
    assert [one.number for one in ranked(three)] == [EVEN, SPOT, QUIET]
    assert [one.number for one in ranked(three, "highest")] == [SPOT, EVEN, QUIET]
    spot = ranked(three, "highest")[0]
    assert (spot.mean, spot.highest) == (9 / 16, 9.0)


def test_channels_that_say_the_same_stand_in_their_order():
    assert [one.number for one in ranked(np.ones((2, 2, 5), np.float32))] == [0, 1, 2, 3, 4]


def test_the_maps_are_the_layers_own_numbers(tiny, noise):
    found = feature_maps(tiny, LAYER, noise, most=3, by="highest")
    given = np.asarray(tiny.activations(view(tiny, noise), LAYER)[0])
    assert sorted(one.number for one in found.channels) == list(range(MAPS))
    assert [one.highest for one in found.channels] == sorted(given.max((0, 1)), reverse=True)
    assert len(found.maps) == 3
    for one, drawn in zip(found.channels, found.maps, strict=False):
        values = given[..., one.number]
        assert drawn.shape == values.shape
        np.testing.assert_allclose(drawn / 255 * one.highest, values, atol=0.51 * one.highest / 255)
        assert drawn[np.unravel_index(values.argmax(), values.shape)] == 255


def test_a_layer_that_is_not_there_is_refused_with_the_nearest(tiny, noise):
    with pytest.raises(UnknownName, match="head_relu"):
        feature_maps(tiny, "head_rel", noise)
    with pytest.raises(UnknownName):
        feature_maps(tiny, "classes", noise)  # a layer of the model, but none with places


def test_an_early_layer_keeps_the_place_of_a_spot(lite0):
    photo = np.full((224, 224, 3), 128, np.uint8)
    photo[24:40, 168:184] = (255, 0, 0)
    found = feature_maps(lite0, "stem_relu", photo, most=32, by="highest")
    # Whatever the eight liveliest channels answer to, the spot is all there is to answer to.
    lively = sorted(found.maps, key=lambda one: -float(one.std()))[:8]
    for drawn in lively:
        away = np.abs(drawn.astype(int) - int(np.median(drawn)))
        away[0] = away[-1] = away[:, 0] = away[:, -1] = 0  # the padding around the photo
        row, column = np.unravel_index(away.argmax(), away.shape)
        assert abs(row - 16) <= 6
        assert abs(column - 88) <= 6


def test_levels_go_from_nothing_to_the_highest():
    assert images.levels(np.array([[-5.0, 0.0], [1.0, 4.0]])).tolist() == [[0, 0], [64, 255]]
    assert images.levels(np.full((2, 2), -1.0)).tolist() == [[0, 0], [0, 0]]
