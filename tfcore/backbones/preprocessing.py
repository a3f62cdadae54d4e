"""From RGB in [0, 1] to the range a network was trained on, and back.

Every family's preprocessing is affine: an optional swap of RGB to BGR, then one scale and one
offset a channel. It runs inside the graph, so gradients reach the picture as a person sees it.
"""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Affine:
    """The preprocessing ``scale * x + offset`` of one family of networks.

    Args:
        scale: Factor on values in [0, 1], the same for every channel.
        offset: Added after the scale, one number for each of the network's channels.
        swap: Whether the network takes BGR instead of RGB.
    """

    scale: float
    offset: tuple[float, float, float]
    swap: bool = False


MODES = {
    # tensorflow/tpu, models/official/efficientnet/lite: (x - 127) / 128 on 0..255.
    "lite": Affine(255 / 128, (-127 / 128,) * 3),
    # MobileNet and MobileNetV2: -1 to 1.
    "tf": Affine(2.0, (-1.0,) * 3),
    # VGG and ResNet as trained in Caffe: BGR on 0..255 less ImageNet's mean colour.
    "caffe": Affine(255.0, (-103.939, -116.779, -123.68), swap=True),
}


def preprocess(images: tf.Tensor, mode: str) -> tf.Tensor:
    """Bring pictures into the range of a network.

    Args:
        images: RGB in [0, 1], float, shape ``(..., 3)``.
        mode: A key of ``MODES``; a catalog row names it as ``preprocessing``.

    Returns:
        float32 tensor of the same shape in the network's range and order of channels.

    Example:
        >>> float(preprocess([[0.0, 0.5, 1.0]], "tf")[0, 2])
        1.0
    """
    affine = MODES[mode]
    values = tf.convert_to_tensor(images, tf.float32)
    if affine.swap:
        # Not x[..., ::-1]: the gradient of a strided slice is slow on a CPU.
        values = tf.reverse(values, axis=[-1])
    return values * affine.scale + tf.constant(affine.offset)


def unpreprocess(values: tf.Tensor, mode: str) -> tf.Tensor:
    """Bring a network's values back to RGB, the inverse of ``preprocess``.

    Args:
        values: Values in the network's range, shape ``(..., 3)``.
        mode: A key of ``MODES``.

    Returns:
        float32 RGB of the same shape; values outside the network's range leave [0, 1].
    """
    affine = MODES[mode]
    images = (tf.convert_to_tensor(values, tf.float32) - tf.constant(affine.offset)) / affine.scale
    return tf.reverse(images, axis=[-1]) if affine.swap else images
