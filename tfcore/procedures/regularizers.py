"""What a picture pays for: differences between neighbours, and contrast.

Each regularizer gives one number for each example, shape ``(batch,)``.
"""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf


def total_variation(images: tf.Tensor) -> tf.Tensor:
    """Sum of the absolute differences between neighbouring pixels.

    Value and gradient equal those of ``tf.image.total_variation`` (Rudin, Osher and Fatemi,
    "Nonlinear total variation based noise removal algorithms", 1992, in its anisotropic form). The
    gradient is written out as differences of signs, because the built-in one pads a whole picture
    for each slice and takes a sixth of a step.

    Args:
        images: float, shape ``(batch, height, width, channels)``, any range.

    Returns:
        Shape ``(batch,)``, in the images' unit; a flat image has 0, and one of 224 x 224 x 3 values
        in [0, 1] at most about 300,000.

    Example:
        >>> total_variation(tf.constant([[[[0.0], [1.0]]], [[[0.5], [0.5]]]])).numpy().tolist()
        [1.0, 0.0]
    """
    result: tf.Tensor = _total_variation(images)
    return result


def _with_gradient(images: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
    down = images[:, 1:] - images[:, :-1]
    right = images[:, :, 1:] - images[:, :, :-1]
    value = tf.reduce_sum(tf.abs(down), [1, 2, 3]) + tf.reduce_sum(tf.abs(right), [1, 2, 3])

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        rows, columns = tf.sign(down), tf.sign(right)
        # A pixel gains by the step towards it and loses by the step away from it.
        signs = tf.pad(rows, [[0, 0], [1, 0], [0, 0], [0, 0]])
        signs -= tf.pad(rows, [[0, 0], [0, 1], [0, 0], [0, 0]])
        signs += tf.pad(columns, [[0, 0], [0, 0], [1, 0], [0, 0]])
        signs -= tf.pad(columns, [[0, 0], [0, 0], [0, 1], [0, 0]])
        return upstream[:, None, None, None] * signs

    return value, gradient


_total_variation = tf.custom_gradient(_with_gradient)


def l2(images: tf.Tensor, gray: float, half_range: float) -> tf.Tensor:
    """Mean squared distance from mid gray, where 1 means that every pixel is black or white.

    A mean and not a sum, so that one weight means the same at every size.

    Args:
        images: float, shape ``(batch, height, width, channels)``.
        gray: The value that means mid gray.
        half_range: Distance from mid gray to the brightest value.

    Returns:
        Shape ``(batch,)``; 0 for a gray image. Values outside the range count more than 1.

    Example:
        >>> l2(tf.ones((1, 4, 4, 3)), gray=0.5, half_range=0.5).numpy().tolist()
        [1.0]
    """
    return tf.reduce_mean(tf.square((images - gray) / half_range), axis=[1, 2, 3])
