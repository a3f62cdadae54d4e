"""What a backbone promises: the pixel contract, one pass, frozen weights, gradients to images."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from tfcore import catalog
from tfcore.backbones import structure
from tfcore.backbones.backbone import weights_digest
from tfcore.backbones.loading import load, randomize
from tfcore.backbones.preprocessing import preprocess
from tfcore.errors import UnknownName, UserError


@pytest.fixture(scope="module")
def resnet():
    return load("resnet50", weights="random", size=64)


@pytest.fixture(params=["small", "lite0", "resnet"])
def backbone(request):
    return request.getfixturevalue(request.param)


def images(backbone, batch=2):
    shape = (batch, backbone.size, backbone.size, 3)
    return tf.constant(np.random.default_rng(3).uniform(size=shape), tf.float32)


def test_the_classifier_makes_the_logits_of_the_features(backbone):
    x = images(backbone)
    features = backbone.features(x)
    assert features.shape == (2, backbone.network.feature_dim)
    kernel, bias = structure.classifier(backbone.model).get_weights()
    expected = features.numpy() @ kernel.reshape(features.shape[1], 1000) + bias
    np.testing.assert_allclose(backbone.logits(x), expected, rtol=1e-3, atol=1e-3)


def test_the_raw_adapter_leaves_the_values_alone(backbone):
    x, layer = images(backbone), list(catalog.layers(backbone.network.name))[2]
    values = preprocess(x, backbone.network.preprocessing)
    np.testing.assert_array_equal(backbone.raw_logits(values), backbone.logits(x))
    raw = backbone.raw_activations(values, layer)
    np.testing.assert_array_equal(raw, backbone.activations(x, layer))
    assert np.abs(backbone.raw_logits(x) - backbone.logits(x)).max() > 1e-3


@pytest.mark.parametrize("raw", [False, True])
def test_logits_and_a_layer_come_in_one_pass(backbone, raw):
    x, (layer, channels) = images(backbone), list(catalog.layers(backbone.network.name).items())[4]
    logits, activations = backbone.logits_and_activations(x, layer, raw=raw)
    assert activations.shape[-1] == channels
    apart = (backbone.raw_logits, backbone.raw_activations) if raw else (
        backbone.logits, backbone.activations)  # fmt: skip
    np.testing.assert_array_equal(logits, apart[0](x))
    np.testing.assert_array_equal(activations, apart[1](x, layer))


def test_an_unknown_layer_offers_near_names(small):
    with pytest.raises(UnknownName, match="conv_pw_13_relu"):
        small.activations(images(small), "conv_pw_13_rel")


def test_nothing_can_be_trained_and_the_image_has_a_gradient(backbone):
    assert backbone.model.trainable_variables == []

    @tf.function
    def step(x):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            score = tf.reduce_sum(backbone.logits(x)[:, 284])
        return tape.gradient(score, x)

    x = images(backbone)
    gradient = step(x)
    assert gradient.shape == x.shape
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0
    step(x + 0.1)
    assert step.experimental_get_tracing_count() == 1


def test_the_gradient_is_the_slope_of_the_score(lite0):
    """Central differences along the gradient, through preprocessing and all."""
    x = images(lite0, batch=1)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        score = lite0.logits(x)[0, 284]
    gradient = tape.gradient(score, x)
    norm = tf.norm(gradient)
    step = 0.02 * gradient / norm
    rise = lite0.logits(x + step)[0, 284] - lite0.logits(x - step)[0, 284]
    assert float(rise / 0.04) == pytest.approx(float(norm), rel=0.1)


def test_the_digest_tells_weights_apart_and_not_their_folding(small):
    plain = load("mobilenet-0.25", weights="random", size=64, fast=False)
    assert not plain.folded
    assert plain.fold_reason
    assert plain.weights_digest == weights_digest(plain.model) == small.weights_digest
    x = images(small)
    np.testing.assert_allclose(plain.logits(x), small.logits(x), rtol=1e-3, atol=1e-4)
    randomize(plain.model, 1)
    assert weights_digest(plain.model) != small.weights_digest


def test_a_network_for_any_size_is_the_same_network(backbone):
    x, layer = images(backbone), list(catalog.layers(backbone.network.name))[3]
    whole, part = backbone.at_any_size("logits"), backbone.at_any_size(layer)
    np.testing.assert_allclose(whole.logits(x), backbone.logits(x), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(part.activations(x, layer), backbone.activations(x, layer))
    weights = {id(weight) for weight in backbone.model.weights}
    assert {id(weight) for weight in part.model.weights} <= weights
    assert backbone.at_any_size(layer) is part


def test_a_network_for_any_size_is_the_one_that_is_built_for_that_size(small):
    other = load("mobilenet-0.25", weights="random", size=small.size + 64)
    layer = "conv_pw_4_relu"
    twin = load("mobilenet-0.25", weights="random", size=small.size).at_any_size(layer)
    x = images(other)
    assert small.size % 32 == 0
    np.testing.assert_allclose(
        twin.activations(x, layer), other.activations(x, layer), rtol=1e-3, atol=1e-4
    )


def test_dense_layers_tie_a_network_to_its_size(small, monkeypatch):
    tied = dataclasses.replace(small.network, any_size=False)
    monkeypatch.setattr(small, "network", tied)
    monkeypatch.setattr(small, "_at_any_size", {})
    with pytest.raises(UserError, match="choose a layer"):
        small.at_any_size("logits")
    assert small.at_any_size("conv_pw_4_relu")
