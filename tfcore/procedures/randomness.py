"""Random draws that depend on nothing but the seed, the step and what they are for.

A run that was paused, killed and resumed draws the same numbers as one left alone, because no
generator carries state from step to step (counter-based generators: Salmon et al., "Parallel Random
Numbers: As Easy as 1, 2, 3", SC 2011).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tensorflow as tf

# Seeds end below 2**31, so each purpose has a range of seeds of its own.
_PURPOSE = 2**32
START, VIEW, GRAIN, ROLL, AMOUNT, ORDER = 0, 1, 2, 3, 4, 5
DROP = 6
"""The first of four: each layer of a head draws for itself what it blanks."""


def key(seed: tf.Tensor, step: tf.Tensor, purpose: int) -> tf.Tensor:
    """The key of one draw.

    Args:
        seed: int64 scalar, 0 to 2**31 - 1.
        step: int64 scalar, 0 or more.
        purpose: One of the constants above.

    Returns:
        int64, shape ``(2,)``, for the ``seed`` argument of ``tf.random.stateless_*``.
    """
    return tf.stack([seed + purpose * _PURPOSE, step])


def uniform(shape: tuple[int, ...], draw: tf.Tensor) -> tf.Tensor:
    """Draws between -1 and 1."""
    return tf.random.stateless_uniform(shape, draw, -1.0, 1.0, alg="philox")


def normal(shape: tuple[int, ...], draw: tf.Tensor) -> tf.Tensor:
    """Draws with mean 0 and standard deviation 1."""
    return tf.random.stateless_normal(shape, draw, alg="philox")


def start_noise(shape: tuple[int, ...], seed: int) -> npt.NDArray[np.float32]:
    """The noise a run starts from: normal, with mean 0 and standard deviation 1."""
    draw = key(tf.constant(seed, tf.int64), tf.constant(0, tf.int64), START)
    return np.array(normal(shape, draw), dtype=np.float32)
