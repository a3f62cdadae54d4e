"""From RGB in [0, 1] to the range a network was trained on, and back.

Every family's preprocessing is affine: an optional swap of RGB to BGR, then a scale and an offset
for each channel. It runs inside the graph, so gradients reach the picture as a person sees it.
"""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Affine:
    """The preprocessing ``scale * x + offset`` of one family of networks.

    Args:
        scale: Factor on values in [0, 1], one number for each of the network's channels.
        offset: Added after the scale, likewise.
        swap: Whether the network takes BGR instead of RGB.
    """

    scale: tuple[float, float, float]
    offset: tuple[float, float, float]
    swap: bool = False


# Mean and deviation of ImageNet's colours, as PyTorch's models and DenseNet take them.
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

MODES = {
    # tensorflow/tpu, models/official/efficientnet/lite: (x - 127) / 128 on 0..255.
    "lite": Affine((255 / 128,) * 3, (-127 / 128,) * 3),
    # MobileNet in all versions, ResNetV2 and InceptionV3: -1 to 1.
    "tf": Affine((2.0,) * 3, (-1.0,) * 3),
    # VGG and ResNet as trained in Caffe: BGR on 0..255 less ImageNet's mean colour.
    "caffe": Affine((255.0,) * 3, (-103.939, -116.779, -123.68), swap=True),
    # DenseNet, trained in Torch: less the mean, by the deviation.
    "torch": Affine(
        (1 / _DEVIATION[0], 1 / _DEVIATION[1], 1 / _DEVIATION[2]),
        (-_MEAN[0] / _DEVIATION[0], -_MEAN[1] / _DEVIATION[1], -_MEAN[2] / _DEVIATION[2]),
    ),
    # EfficientNet B0 to B7 normalise by themselves, with numbers from the weights file.
    "levels": Affine((255.0,) * 3, (0.0,) * 3),
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
    return values * tf.constant(affine.scale) + tf.constant(affine.offset)


def unpreprocess(values: tf.Tensor, mode: str) -> tf.Tensor:
    """Bring a network's values back to RGB, the inverse of ``preprocess``.

    Args:
        values: Values in the network's range, shape ``(..., 3)``.
        mode: A key of ``MODES``.

    Returns:
        float32 RGB of the same shape; values outside the network's range leave [0, 1].
    """
    affine = MODES[mode]
    shifted = tf.convert_to_tensor(values, tf.float32) - tf.constant(affine.offset)
    images = shifted / tf.constant(affine.scale)
    return tf.reverse(images, axis=[-1]) if affine.swap else images


def resized(images: tf.Tensor, size: int) -> tf.Tensor:
    """Square images at the size that a network takes; untouched when they have it already."""
    return images if images.shape[1] == size else tf.image.resize(images, [size, size])
