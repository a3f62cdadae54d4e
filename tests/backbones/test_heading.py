"""A network that was trained here is loaded like any other."""

import numpy as np
import pytest

from tests.trained_making import NAME, made
from tfcore import catalog, images, trained
from tfcore.backbones.loading import load
from tfcore.errors import UserError


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))


@pytest.fixture(scope="module")
def base():
    return load("efficientnet-lite0")


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).uniform(size=(3, 224, 224, 3)).astype(np.float32)


def _head(base, **more):
    return made(network=base.network.name, digest=base.weights_digest, **more)


@pytest.mark.parametrize("hidden", [0, 7])
@pytest.mark.parametrize("fast", [True, False])
def test_its_logits_are_the_heads_on_the_networks_features(base, pictures, hidden, fast):
    head = _head(base, dim=base.network.feature_dim, hidden=hidden)
    trained.install(NAME, head.to_bytes())
    found = load(NAME, fast=fast).logits(pictures)
    expected = head.logits(np.asarray(base.features(pictures)))
    np.testing.assert_allclose(found, expected, atol=2e-5)


@pytest.mark.parametrize("pooling", ["mean", "flat"])
def test_it_reads_the_layer_that_its_head_was_trained_on(base, pictures, pooling):
    layer = list(catalog.layers(base.network.name))[-1]
    maps = np.asarray(base.activations(pictures, layer))
    rows = maps.mean(axis=(1, 2)) if pooling == "mean" else maps.reshape(3, -1)
    head = _head(base, dim=rows.shape[1], layer=layer, pooling=pooling)
    trained.install(NAME, head.to_bytes())
    found = load(NAME)
    assert found.folded
    np.testing.assert_allclose(found.logits(pictures), head.logits(rows), atol=2e-5)
    assert found.activations(pictures, layer).shape == maps.shape


def test_weights_of_the_backbone_that_were_changed_are_changed(base, pictures):
    plain = _head(base, dim=base.network.feature_dim)
    first = load(base.network.name, fast=False).model.weights[0]
    changed = {0: 2 * np.asarray(first)}
    trained.install(NAME, plain.to_bytes())
    before = np.asarray(load(NAME).logits(pictures))
    tuned = _head(base, dim=base.network.feature_dim, backbone=changed)
    trained.install(NAME, tuned.to_bytes())
    assert np.abs(np.asarray(load(NAME).logits(pictures)) - before).max() > 1e-3


def test_a_head_of_other_weights_is_refused(base):
    head = made(network=base.network.name, digest="f" * 64)
    trained.install(NAME, head.to_bytes())
    with pytest.raises(UserError, match="train it again"):
        load(NAME)


def test_pixels_are_those_of_the_network_below(base):
    trained.install(NAME, _head(base, dim=base.network.feature_dim).to_bytes())
    photo = np.zeros((1, 224, 224, 3), np.uint8)
    assert load(NAME).logits(images.to_float(photo)).shape == (1, 2)


def test_a_head_on_random_weights_brings_them_along(pictures):
    below = load("mobilenet-0.25", weights="untrained", seed=7)
    dim = below.network.feature_dim
    head = made(network="mobilenet-0.25", digest=below.weights_digest, seed=7, dim=dim)
    trained.install(NAME, head.to_bytes())
    assert catalog.is_available(catalog.get(NAME))
    expected = head.logits(np.asarray(below.features(pictures)))
    np.testing.assert_allclose(load(NAME).logits(pictures), expected, atol=2e-5)
