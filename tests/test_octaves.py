"""Octaves: sizes grow evenly, steps are shared, and what no dream can do is refused in words."""

from itertools import pairwise

import pytest

from tfcore.errors import UserError
from tfcore.octaves import GRID, SIDE, SMALLEST, Octaves, photo_side
from tfcore.parsing import parse


@pytest.mark.parametrize("scale", [1.2, 1.3, 1.4])
@pytest.mark.parametrize("octaves", [1, 2, 4, 6])
def test_sizes_grow_to_the_full_one_by_the_scale(octaves, scale):
    sizes = Octaves(octaves=octaves, octave_scale=scale).sizes
    assert len(set(sizes)) == octaves
    assert list(sizes) == sorted(sizes)
    assert sizes[-1] == SIDE
    assert sizes[0] >= SMALLEST
    assert all(size % GRID == 0 for size in sizes)
    for small, large in pairwise(sizes):
        assert large / small == pytest.approx(scale, rel=0.25)


def test_steps_are_shared_equally_and_the_last_octave_takes_the_rest():
    dream = parse({"recipe": "deepdream", "octaves": 3, "steps": 11})
    assert [dream.octave_at(step) for step in range(11)] == [0] * 3 + [1] * 3 + [2] * 5
    fixed = parse({"recipe": "deepdream", "octaves": 3, "steps": 11, "octave_steps": 2})
    assert [fixed.octave_at(step) for step in range(11)] == [0] * 2 + [1] * 2 + [2] * 7
    few = parse({"recipe": "deepdream", "octaves": 3, "steps": 2})
    assert [few.octave_at(step) for step in range(2)] == [0, 1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recipe": "natural", "octaves": 2}, "octaves in recipe deepdream alone"),
        ({"parametrization": "fourier"}, "parametrization"),
        ({"optimizer": "adam"}, "part of DeepDream"),
        ({"ensemble": "efficientnet-lite1", "target": "zebra"}, "ensemble"),
        ({"vary": "tv_weight", "values": "0, 1"}, "vary"),
        ({"scale": 0.1}, "scale"),
        ({"octaves": 6, "octave_scale": 1.6}, "fewer octaves"),
        ({"network": "vgg16", "target": "zebra"}, "a layer or a channel"),
        ({"octaves": 7}, "1 to 6"),
        ({"octave_scale": 1.1}, "1.2 to 1.6"),
        ({"target": "block5a_expand_rel"}, "block5a_expand_relu"),
    ],
)
def test_what_a_dream_cannot_do_is_refused_in_one_sentence(changes, words):
    with pytest.raises(UserError, match=words) as caught:
        parse({"recipe": "deepdream", **changes})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("target", ["block5a_expand_relu", "block5a_expand_relu:3", "zebra"])
def test_layers_channels_and_classes_can_be_dreamt_of(target):
    assert parse({"recipe": "deepdream", "target": target}).octaves == 4


def test_a_network_with_dense_layers_dreams_of_its_layers():
    assert parse({"recipe": "deepdream", "network": "vgg16", "target": "block4_conv3"})


def test_only_a_dream_has_a_size_of_its_own():
    assert photo_side("deepdream") == SIDE
    assert photo_side("natural") is None
