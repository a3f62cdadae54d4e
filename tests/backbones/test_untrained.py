"""Weights as before any training: the same in every process, and none the pretrained ones."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfcore.backbones import untrained
from tfcore.backbones.loading import cached, load
from tfcore.features.program import Program

SMALL = {"name": "mobilenet-0.25", "weights": "untrained", "size": 64}
KNOWN = (-0.12115555, 0.8221122, 0.11544676, -0.49079508)


def test_a_seed_gives_the_same_weights_whatever_was_built_before():
    first = load(**SMALL, seed=7).weights_digest
    keras.layers.Conv2D(3, 3), keras.layers.Dense(3)  # Keras counts its layers
    assert load(**SMALL, seed=7).weights_digest == first


def test_kernels_are_the_same_in_every_process():
    found = untrained._kernel((1, 1, 2, 2), "7 stem 0")
    np.testing.assert_allclose(found.ravel(), KNOWN, rtol=1e-6)
    wide = untrained._kernel((3, 3, 64, 128), "7 stem 0")
    assert wide.std() == pytest.approx((1 / (3 * 3 * 64)) ** 0.5, rel=0.02)
    depthwise = untrained._kernel((5, 5, 64, 1), "7 stem 0")
    assert depthwise.std() == pytest.approx(1 / 5, rel=0.1)


def test_seeds_and_kinds_of_weights_never_share_a_space(small):
    kinds = [load(**SMALL), load(**SMALL, seed=1), small]
    assert len({Program(each).space.digest for each in kinds}) == 3


def test_layers_do_not_repeat_each_other_and_norms_change_nothing():
    model = load(**SMALL, fast=False).model
    kernels = [w.numpy().ravel()[:8].tolist() for w in model.weights if len(w.shape) == 4]
    assert len({tuple(one) for one in kernels}) == len(kernels)
    for weight in model.weights:
        if weight.name in ("gamma", "moving_variance"):
            assert (weight.numpy() == 1).all()
        elif weight.name in ("beta", "moving_mean", "bias"):
            assert (weight.numpy() == 0).all()


def test_they_are_shared_apart_from_pretrained_ones_and_need_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    first = cached("mobilenet-0.25", 64, seed=3)
    assert cached("mobilenet-0.25", 64, seed=3) is first
    assert cached("mobilenet-0.25", 64, seed=4) is not first


@pytest.mark.parametrize("name", ["efficientnet-lite0", "mobilenet-0.25"])
def test_features_of_an_untrained_network_are_finite_and_tell_photos_apart(name):
    """Batch norm that was never trained changes nothing: the kernels alone decide how large."""
    photos = np.random.default_rng(0).uniform(size=(4, 64, 64, 3)).astype(np.float32)
    photos *= np.linspace(0.2, 1, 4, dtype=np.float32)[:, None, None, None]
    found = load(name, "untrained", size=64).features(tf.constant(photos)).numpy()
    assert np.isfinite(found).all()
    assert (found.std(axis=0) > 0).mean() > 0.5
    assert 1e-7 < np.abs(found).max() < 1e3
