"""The compiled network: shapes, spaces, and that a photo's features are its own."""

import dataclasses

import numpy as np
import pytest

from tests.features.conftest import CHANNELS, LAYER
from tfcore.backbones.loading import load
from tfcore.errors import TooLarge, UnknownName, UserError
from tfcore.features.planning import BATCH
from tfcore.features.program import Program, program_for, space_of
from tfcore.images import to_float


def pixels(count, size=16, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), np.uint8)


def test_pooled_features_are_those_of_the_backbone(tiny):
    program, photos = Program(tiny), pixels(BATCH)
    assert program.space.dim == CHANNELS
    np.testing.assert_allclose(program(photos), tiny.features(to_float(photos)), atol=1e-5)


def test_a_layer_is_averaged_or_flat(tiny):
    photos = pixels(3)
    activations = tiny.activations(to_float(photos), LAYER).numpy()
    mean, flat = Program(tiny, LAYER, "mean"), Program(tiny, LAYER, "flat")
    assert (mean.space.dim, flat.space.dim) == (CHANNELS, 14 * 14 * CHANNELS)
    np.testing.assert_allclose(mean(photos), activations.mean(axis=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(flat(photos), activations.reshape(3, -1), atol=1e-5)


@pytest.mark.parametrize("count", [1, 5, BATCH])
def test_a_photo_has_the_same_features_in_any_company(tiny, count):
    program, photos = Program(tiny), pixels(BATCH)
    whole = program(photos)
    np.testing.assert_allclose(program(photos[:count]), whole[:count], atol=1e-5)
    np.testing.assert_allclose(program(photos[::-1][:count]), whole[::-1][:count], atol=1e-5)


def test_it_is_traced_once_for_batches_of_any_number(tiny):
    program = Program(tiny)
    for count in (BATCH, 1, 7, BATCH):
        program(pixels(count))
    assert program.traces == 1


@pytest.mark.parametrize(
    "photos",
    [pixels(BATCH + 1), pixels(2, size=15), pixels(2).astype(np.float32), pixels(1)[0]],
    ids=["too many", "size", "type", "no batch"],
)
def test_other_arrays_are_refused(tiny, photos):
    with pytest.raises(UserError, match="uint8 of shape"):
        Program(tiny)(photos)


def test_spaces_differ_by_all_that_makes_features_differ(tiny):
    base = space_of(tiny)
    others = [
        space_of(tiny, LAYER, "mean"),
        space_of(tiny, LAYER, "flat"),
        *[
            dataclasses.replace(base, **change)
            for change in (
                {"network": "vgg16"}, {"weights": "other"}, {"size": 17}, {"preprocessing": "tf"},
                {"precision": "bfloat16"}, {"version": 999},
            )
        ],
    ]  # fmt: skip
    assert len({space.digest for space in (base, *others)}) == len(others) + 1
    assert base.weights == tiny.weights_digest
    assert base == space_of(tiny)


def test_what_cannot_be_had_is_refused(tiny):
    with pytest.raises(UnknownName, match=LAYER):
        space_of(tiny, "block4a_expand_rel", "mean")
    with pytest.raises(UserError, match="both or neither"):
        space_of(tiny, LAYER)
    with pytest.raises(UserError, match="both or neither"):
        space_of(tiny, "", "flat")


def test_a_layer_too_large_to_keep_is_refused_before_anything_is_computed():
    network = load("mobilenet-v2-1.0", weights="random", size=224)
    with pytest.raises(TooLarge, match="1,204,224 numbers a photo"):
        space_of(network, "block_1_expand_relu", "flat")
    assert space_of(network, "block_1_expand_relu", "mean").dim == 96


def test_the_same_program_serves_all_shards():
    program = program_for("efficientnet-lite0")
    assert program_for("EfficientNet-Lite0") is program
    assert program_for("efficientnet-lite0", LAYER, "mean") is not program
    rough = program_for("efficientnet-lite0", precision="bfloat16")
    assert rough.space == dataclasses.replace(program.space, precision="bfloat16")
    assert program.space.dim == 1280
