"""Scaling in blocks is the scaling of the textbook, and lies where TensorFlow takes it over."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from tfcore.errors import UserError
from tfcore.heads.scaling import fitted, scaled


def drawn(rows: int, seed: int, offset: float) -> np.ndarray:
    values = np.random.default_rng(seed).normal(offset, 1.0, (rows, 5))
    return values.astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(2, 700), seed=st.integers(0, 99), offset=st.floats(-50, 50))
def test_standard_features_have_mean_0_and_deviation_1(rows, seed, offset):
    values = drawn(rows, seed, offset)
    shift, scale = fitted(values, "standard")
    np.testing.assert_allclose(shift, values.mean(axis=0, dtype=np.float64), rtol=1e-5, atol=1e-5)
    spread = values.std(axis=0, dtype=np.float64)
    floor = 0.01 * spread.mean()
    np.testing.assert_allclose(scale, 1 / np.maximum(spread, floor), rtol=1e-4)
    found = scaled(values, shift, scale)
    np.testing.assert_array_equal(found, (values - shift) * scale)


def test_unit_features_lie_between_0_and_1():
    values = drawn(600, 1, 3.0)
    found = scaled(values, *fitted(values, "unit"))
    np.testing.assert_allclose(found.min(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(found.max(axis=0), 1, atol=1e-6)


def test_without_scaling_they_stay_as_they_are():
    values = drawn(300, 2, 0.0)
    np.testing.assert_array_equal(scaled(values, *fitted(values, "none")), values)


@pytest.mark.parametrize("rows", [1, 7, 256, 257])
def test_tensorflow_takes_the_memory_over(rows):
    values = drawn(rows, 3, 0.0)
    found = scaled(values, np.zeros(5, np.float32), np.ones(5, np.float32))
    tensor = tf.experimental.dlpack.from_dlpack(found.__dlpack__())
    found[0, 0] = 77.0
    assert tensor.numpy()[0, 0] == 77.0, "no copy was made"


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 300, 599])
def test_a_feature_that_is_no_number_is_found_in_every_block(odd, row):
    values = drawn(600, 4, 0.0)
    values[row, 2] = odd
    with pytest.raises(UserError, match="no numbers"):
        fitted(values, "standard")
