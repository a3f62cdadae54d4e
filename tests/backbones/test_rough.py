"""The twin in bfloat16: itself rough, the network beside it untouched."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfcore.backbones.loading import load
from tfcore.backbones.rough import in_bfloat16
from tfcore.errors import UserError

IMAGES = np.random.default_rng(0).uniform(size=(2, 64, 64, 3)).astype(np.float32)


def cosine(left: object, right: object) -> float:
    a, b = (np.asarray(one, np.float64).ravel() for one in (left, right))
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.fixture(scope="module")
def rough(small):
    return in_bfloat16(small)


def test_layers_compute_in_bfloat16_and_pixels_and_means_do_not(rough):
    kinds = {type(layer).__name__: layer.compute_dtype for layer in rough.model.layers}
    assert kinds["PointwiseConv2D"] == kinds["ReLU"] == kinds["Conv2D"] == "bfloat16"
    assert kinds["GlobalAveragePooling2D"] == kinds["InputLayer"] == "float32"
    assert {str(weight.dtype) for weight in rough.model.weights} == {"bfloat16"}


def test_it_sees_nearly_the_same_with_fewer_digits(small, rough):
    for ask in (lambda one: one.logits(IMAGES), lambda one: one.features(IMAGES)):
        exact, found = ask(small), tf.cast(ask(rough), tf.float32)
        assert 0.999 < cosine(exact, found) < 1 - 1e-9
    assert (rough.precision, small.precision) == ("bfloat16", "float32")
    assert rough.weights_digest == small.weights_digest


def test_what_computes_beside_it_is_not_touched(small):
    before, policy = small.logits(IMAGES).numpy(), keras.config.dtype_policy().name
    options = tf.config.optimizer.get_experimental_options()
    in_bfloat16(small).logits(IMAGES)
    np.testing.assert_array_equal(small.logits(IMAGES), before)
    assert keras.config.dtype_policy().name == policy == "float32"
    assert tf.config.optimizer.get_experimental_options() == options


@pytest.mark.parametrize("name", ["resnet50-v2", "mobilenet-v3-small", "efficientnet-b0"])
def test_networks_with_batch_norm_gates_and_normalization_have_one(name):
    network = load(name, weights="random", size=64)
    found = in_bfloat16(network)
    assert cosine(network.features(IMAGES), tf.cast(found.features(IMAGES), tf.float32)) > 0.99


def test_a_network_that_cannot_is_refused(small, monkeypatch):
    monkeypatch.setattr(
        type(small.model.layers[1]), "get_config", lambda self: {"no such argument": 1}
    )
    with pytest.raises(UserError, match="choose float32"):
        in_bfloat16(small)
