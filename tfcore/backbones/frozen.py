"""Convolutions that are never trained, and whose gradient is a convolution too.

TensorFlow has an operation of its own for the gradient of a convolution with respect to its input.
At stride 1 that gradient is itself a convolution, with the kernel turned by 180 degrees and its
input and output channels exchanged (Dumoulin and Visin, "A guide to convolution arithmetic for deep
learning", 2016, section 4), and on a CPU the plain convolution is the faster of the two. The turned
kernel is made once, because the weights never change.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

Floats = npt.NDArray[np.float32]
Gradient = Callable[[tf.Tensor], tf.Tensor]


class _Frozen:
    """What both kinds share; call ``freeze`` when the weights are final."""

    _turned: tf.Tensor | None = None

    def freeze(self) -> None:
        """Make the kernel of the gradient."""
        kernel = np.asarray(self.kernel)  # type: ignore[attr-defined]  # the Keras class has it
        self._turned = tf.constant(np.ascontiguousarray(self.turn(kernel)))

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Convolve."""
        if self._turned is None:
            return super().call(inputs)  # type: ignore[misc]
        kernel = tf.convert_to_tensor(self.kernel)  # type: ignore[attr-defined]
        bias = tf.convert_to_tensor(self.bias) if self.use_bias else None  # type: ignore[attr-defined]

        def both(images: tf.Tensor) -> tuple[tf.Tensor, Gradient]:
            found = self.convolve(images, kernel)
            if bias is not None:
                # Inside: TensorFlow fuses it with the convolution and the activation after it.
                found = tf.nn.bias_add(found, bias)
            return found, lambda upstream: self.convolve(upstream, self._turned)

        return tf.custom_gradient(both)(inputs)

    @staticmethod
    def turn(kernel: Floats) -> Floats:
        """The kernel of the convolution that is the gradient."""
        raise NotImplementedError

    @staticmethod
    def convolve(images: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """The convolution itself."""
        raise NotImplementedError


class PointwiseConv2D(_Frozen, keras.layers.Conv2D):  # type: ignore[misc]  # Keras has no types
    """A frozen 1 x 1 convolution."""

    @staticmethod
    def turn(kernel: Floats) -> Floats:
        """Input and output channels exchanged."""
        return kernel.transpose(0, 1, 3, 2)

    @staticmethod
    def convolve(images: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """Every channel with every other."""
        return tf.nn.conv2d(images, kernel, 1, "SAME")


class UnitDepthwiseConv2D(_Frozen, keras.layers.DepthwiseConv2D):  # type: ignore[misc]
    """A frozen depthwise convolution of stride 1."""

    @staticmethod
    def turn(kernel: Floats) -> Floats:
        """By 180 degrees."""
        return kernel[::-1, ::-1]

    @staticmethod
    def convolve(images: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        """Every channel for itself."""
        return tf.nn.depthwise_conv2d(images, kernel, [1, 1, 1, 1], "SAME")


def frozen_type(layer: keras.layers.Layer) -> type[keras.layers.Layer]:
    """The class that a layer's frozen copy should have: its own, unless one here fits it."""
    kind: type[keras.layers.Layer] = type(layer)
    if kind not in (keras.layers.Conv2D, keras.layers.DepthwiseConv2D):
        return kind
    is_linear = layer.activation in (None, keras.activations.linear)
    is_plain = layer.data_format == "channels_last" and layer.dilation_rate in (1, (1, 1))
    if not is_linear or not is_plain or layer.strides not in (1, (1, 1)):
        return kind
    if kind is keras.layers.Conv2D:
        return PointwiseConv2D if layer.kernel_size == (1, 1) and layer.groups == 1 else kind
    # With an even kernel "same" pads more on one side, and the gradient on the other.
    is_odd = all(size % 2 for size in layer.kernel_size)
    fits = is_odd and layer.padding == "same" and layer.depth_multiplier == 1
    return UnitDepthwiseConv2D if fits else kind
