"""Frozen convolutions: the same values and gradients as Keras's own, by plain convolutions."""

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfcore.backbones.frozen import PointwiseConv2D, UnitDepthwiseConv2D, frozen_type

PLAIN = {
    "pointwise": layers.Conv2D(5, 1),
    "pointwise, valid, no bias": layers.Conv2D(5, 1, padding="valid", use_bias=False),
    "depthwise": layers.DepthwiseConv2D(3, padding="same"),
    "depthwise 5 x 5, no bias": layers.DepthwiseConv2D(5, padding="same", use_bias=False),
    "depthwise 1 x 3": layers.DepthwiseConv2D((1, 3), padding="same"),
}
OTHERS = {
    "3 x 3": layers.Conv2D(5, 3, padding="same"),
    "strided": layers.Conv2D(5, 1, strides=2),
    "grouped": layers.Conv2D(6, 1, groups=3),
    "active": layers.Conv2D(5, 1, activation="relu"),
    "depthwise, strided": layers.DepthwiseConv2D(3, strides=2, padding="same"),
    "depthwise, valid": layers.DepthwiseConv2D(3),
    "depthwise, even": layers.DepthwiseConv2D(2, padding="same"),
    "depthwise, wide": layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
    "depthwise, dilated": layers.DepthwiseConv2D(3, padding="same", dilation_rate=2),
    "separable": layers.SeparableConv2D(5, 3),
    "dense": layers.Dense(5),
}
SHAPE = (2, 9, 7, 3)


def value_and_gradient(layer, images, weights):
    @tf.function
    def compiled(x):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            made = tf.nn.relu6(layer(x))
            score = tf.reduce_sum(made * weights)
        return made, tape.gradient(score, x)

    return [part.numpy() for part in compiled(tf.constant(images))]


@pytest.mark.parametrize("name", PLAIN)
def test_values_and_gradients_are_those_of_keras(name):
    draw = np.random.default_rng(4)
    images = draw.normal(size=SHAPE).astype(np.float32)
    original = PLAIN[name]
    weights = draw.normal(size=original(images).shape).astype(np.float32)
    twin = frozen_type(original).from_config(original.get_config())
    assert type(twin) in (PointwiseConv2D, UnitDepthwiseConv2D)
    twin(images)  # the kernel at this moment must not stick
    twin.set_weights(original.get_weights())
    twin.freeze()
    for got, expected in zip(
        value_and_gradient(twin, images, weights),
        value_and_gradient(original, images, weights),
        strict=True,
    ):
        np.testing.assert_allclose(got, expected, atol=2e-6)
    assert np.abs(expected).max() > 0.1


@pytest.mark.parametrize("name", OTHERS)
def test_what_does_not_fit_stays_what_it_is(name):
    assert frozen_type(OTHERS[name]) is type(OTHERS[name])


def test_the_gradient_is_a_convolution():
    layer = PLAIN["depthwise"]
    twin = frozen_type(layer).from_config(layer.get_config())
    twin(np.zeros(SHAPE, np.float32))
    twin.freeze()

    @tf.function
    def gradient(x):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            score = tf.reduce_sum(tf.square(twin(x)))
        return tape.gradient(score, x)

    graph = gradient.get_concrete_function(tf.TensorSpec(SHAPE)).graph
    kinds = [operation.type for operation in graph.get_operations()]
    assert kinds.count("DepthwiseConv2dNative") == 2
    assert "DepthwiseConv2dNativeBackpropInput" not in kinds
