import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tfcore.procedures import regularizers

SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 7), st.integers(1, 7), st.integers(1, 3))
# Few values, so that equal neighbours, where the derivative of |x| jumps, are common.
BATCHES = arrays.arrays(np.float32, SHAPES, elements=st.sampled_from([-2.0, 0.0, 0.25, 0.5, 1.0]))


def value_and_gradient(function, images, weights):
    images = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        value = function(images)
        weighted = tf.reduce_sum(value * weights)
    return value.numpy(), tape.gradient(weighted, images).numpy()


@settings(deadline=None, max_examples=40)
@given(BATCHES)
def test_total_variation_and_its_gradient_are_tensorflows(images):
    weights = np.arange(1, len(images) + 1, dtype=np.float32)
    value, gradient = value_and_gradient(regularizers.total_variation, images, weights)
    wanted, wanted_gradient = value_and_gradient(tf.image.total_variation, images, weights)
    assert value.shape == (len(images),)
    np.testing.assert_allclose(value, wanted, rtol=1e-5)
    np.testing.assert_array_equal(gradient, wanted_gradient)


def test_total_variation_counts_each_example_alone():
    flat, striped = np.full((4, 4, 3), 0.3, np.float32), np.zeros((4, 4, 3), np.float32)
    striped[::2] = 1.0
    value = regularizers.total_variation(tf.constant(np.stack([flat, striped])))
    assert value.numpy().tolist() == [0.0, 3 * 4 * 3]


@pytest.mark.parametrize(
    ("pixel", "gray", "half_range", "expected"),
    [(0.5, 0.5, 0.5, 0.0), (0.0, 0.5, 0.5, 1.0), (1.0, 0.5, 0.5, 1.0), (2.0, 0.0, 1.0, 4.0)],
)
def test_l2_is_one_where_every_pixel_is_black_or_white(pixel, gray, half_range, expected):
    for side in (2, 9):
        images = tf.fill((2, side, side, 3), pixel)
        value = regularizers.l2(images, gray, half_range).numpy()
        np.testing.assert_allclose(value, [expected] * 2, atol=1e-6)
