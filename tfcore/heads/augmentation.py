"""Photos that look a little different each time, so that nothing is learned by heart.

All of it happens in the graph, keyed by (seed, step): a resumed run sees the same photos.
"""

from __future__ import annotations

import math

import tensorflow as tf

from tfcore.procedures import randomness

_GRAY = (0.299, 0.587, 0.114)  # how bright red, green and blue look (ITU-R BT.601)


def augmented(
    images: tf.Tensor,
    seed: tf.Tensor,
    step: tf.Tensor,
    *,
    flip: bool,
    crop: float,
    rotation: float,
    colour: float,
) -> tf.Tensor:
    """Mirror, cut, turn and colour the photos of a batch, each by draws of its own.

    Args:
        images: RGB in [0, 1], ``(batch, size, size, 3)``.
        seed: int64 scalar.
        step: int64 scalar; the same seed and step give the same photos.
        flip: Whether half of them are mirrored left to right.
        crop: Up to this share of the side is cut off, anywhere; the rest is enlarged.
        rotation: Largest angle in degrees, either way. Corners are filled with the mirror image.
        colour: Brightness, contrast and saturation change by up to this share, either way.

    Returns:
        RGB in [0, 1] of the same shape.

    Example:
        >>> seen = augmented(photos, seed, step, flip=True, crop=0.2, rotation=10, colour=0.2)
        ... # doctest: +SKIP
    """
    if flip or crop > 0 or rotation > 0:
        images = _moved(images, randomness.key(seed, step, randomness.VIEW), flip, crop, rotation)
    if colour > 0:
        images = _coloured(images, randomness.key(seed, step, randomness.AMOUNT), colour)
    return images


def _moved(
    images: tf.Tensor, key: tf.Tensor, flip: bool, crop: float, rotation: float
) -> tf.Tensor:
    batch, size = images.shape[0], images.shape[1]
    draws = randomness.uniform((5, batch), key)
    side = 1.0 - crop * (1.0 + draws[0]) / 2
    angle = draws[1] * rotation * (math.pi / 180)
    mirror = tf.where(draws[2] < 0, -1.0, 1.0) if flip else tf.ones_like(side)
    center = (size - 1) / 2
    free = center * (1.0 - side)  # how far the part that is left can lie from the middle
    # The operation wants the way back: for each new pixel, where it comes from.
    cosine, sine = side * tf.cos(angle), side * tf.sin(angle)
    left = center + free * draws[3] - mirror * cosine * center + sine * center
    top = center + free * draws[4] - mirror * sine * center - cosine * center
    zero = tf.zeros_like(side)
    ways = [mirror * cosine, -sine, left, mirror * sine, cosine, top, zero, zero]
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack(ways, axis=1),
        output_shape=[size, size],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )


def _coloured(images: tf.Tensor, key: tf.Tensor, strength: float) -> tf.Tensor:
    draws = strength * randomness.uniform((3, images.shape[0], 1, 1, 1), key)
    bright = images * (1.0 + draws[0])
    gray = tf.reduce_sum(bright * tf.constant(_GRAY), axis=-1, keepdims=True)
    mean = tf.reduce_mean(gray, axis=[1, 2], keepdims=True)
    contrasted = mean + (bright - mean) * (1.0 + draws[1])
    gray = mean + (gray - mean) * (1.0 + draws[1])
    return tf.clip_by_value(gray + (contrasted - gray) * (1.0 + draws[2]), 0.0, 1.0)
