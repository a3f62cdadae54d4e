"""Random views of a picture: what must survive zoom, rotation, shift and noise looks natural.

Patterns that only work when each pixel stands exactly where it is do not survive (Olah et al.,
"Feature Visualization", Distill 2017, section "Transformation robustness").
"""

from __future__ import annotations

import math

import tensorflow as tf

from tfcore.procedures import randomness

FARTHEST = -0.6
"""The logarithm of the smallest zoom, measured by that of the largest: in goes further than out,
where the picture is small and its mirror images fill the rest."""


def random_view(
    images: tf.Tensor,
    seed: tf.Tensor,
    step: tf.Tensor,
    *,
    scale: tf.Tensor,
    rotation: tf.Tensor,
    jitter: tf.Tensor,
) -> tf.Tensor:
    """Zoom, turn and shift the images of a batch, all by the same draw.

    Beyond its edges a picture goes on as its mirror image. TensorFlow's gradient of this operation
    is the inverse view of the gradient, a close approximation.

    Args:
        images: Shape ``(batch, size, size, 3)``.
        seed: int64 scalar.
        step: int64 scalar; the same seed and step give the same views.
        scale: Zoom factors lie between (1 + scale) ** ``FARTHEST`` and 1 + scale. Like the next
            two a scalar, or one number for each image.
        rotation: Largest angle in degrees, either way.
        jitter: Largest shift in pixels, either way; as many times more as a view is nearer, so
            that all of the picture has its turn.

    Returns:
        Shape ``(batch, size, size, 3)``.
    """
    batch, size = images.shape[0], images.shape[1]
    draws = randomness.uniform((4, 1), randomness.key(seed, step, randomness.VIEW))
    zoom = (1.0 + scale) ** (FARTHEST + (1.0 - FARTHEST) / 2 * (1.0 + draws[0]))
    shift = jitter * tf.maximum(zoom, 1.0)
    angle = draws[1] * rotation * (math.pi / 180)
    # The operation wants the way back: for each new pixel, where it comes from.
    cosine, sine = tf.cos(angle) / zoom, tf.sin(angle) / zoom
    center = (size - 1) / 2
    left = center - cosine * center + sine * center + draws[2] * shift
    top = center - sine * center - cosine * center + draws[3] * shift
    zero = tf.zeros_like(zoom)
    ways = [cosine, -sine, left, sine, cosine, top, zero, zero]
    views = tf.stack([tf.broadcast_to(way, [batch]) for way in ways], axis=1)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=views,
        output_shape=[size, size],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="REFLECT",
    )


def add_noise(
    images: tf.Tensor, seed: tf.Tensor, step: tf.Tensor, strength: tf.Tensor
) -> tf.Tensor:
    """Add normal noise in every second step or so, the same to every image of a batch.

    A network that only ever looks through noise need not know the clean picture.

    Args:
        images: Shape ``(batch, size, size, 3)``.
        seed: int64 scalar.
        step: int64 scalar; the same seed and step give the same noise.
        strength: Mean standard deviation of the noise where there is any, in the images' unit:
            it is drawn between 0 and twice that. A scalar or one for each image.
    """
    grain_key, amount_key = (
        randomness.key(seed, step, purpose) for purpose in (randomness.GRAIN, randomness.AMOUNT)
    )
    grain = randomness.normal((1, *images.shape[1:]), grain_key)
    amount = tf.nn.relu(2.0 * randomness.uniform((), amount_key))
    return images + tf.reshape(strength, [-1, 1, 1, 1]) * amount * grain
