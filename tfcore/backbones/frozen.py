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
import tensorflow as tf

Convolve = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class PointwiseConv2D(keras.layers.Conv2D):  # type: ignore[misc]  # Keras has no types
    """A frozen 1 x 1 convolution; call ``freeze`` when its weights are final."""

    _turned: tf.Tensor | None = None

    def freeze(self) -> None:
        """Exchange input and output channels of the kernel."""
        kernel = np.asarray(self.kernel)
        self._turned = tf.constant(np.ascontiguousarray(kernel.transpose(0, 1, 3, 2)))

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Convolve."""
        if self._turned is None:
            return super().call(inputs)
        return _convolve(_plain, self, self._turned)(inputs)


class UnitDepthwiseConv2D(keras.layers.DepthwiseConv2D):  # type: ignore[misc]
    """A frozen depthwise convolution of stride 1; call ``freeze`` when its weights are final."""

    _turned: tf.Tensor | None = None

    def freeze(self) -> None:
        """Turn the kernel by 180 degrees."""
        self._turned = tf.constant(np.ascontiguousarray(np.asarray(self.kernel)[::-1, ::-1]))

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        """Convolve."""
        if self._turned is None:
            return super().call(inputs)
        return _convolve(_depthwise, self, self._turned)(inputs)


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


def _plain(images: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    return tf.nn.conv2d(images, kernel, 1, "SAME")


def _depthwise(images: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    return tf.nn.depthwise_conv2d(images, kernel, [1, 1, 1, 1], "SAME")


def _convolve(
    convolve: Convolve, layer: keras.layers.Layer, turned: tf.Tensor
) -> Callable[[tf.Tensor], tf.Tensor]:
    kernel = tf.convert_to_tensor(layer.kernel)
    bias = tf.convert_to_tensor(layer.bias) if layer.use_bias else None

    def both(images: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
        found = convolve(images, kernel)
        if bias is not None:
            # Inside: TensorFlow fuses it with the convolution and the activation after it.
            found = tf.nn.bias_add(found, bias)
        return found, lambda upstream: convolve(upstream, turned)

    result: Callable[[tf.Tensor], tf.Tensor] = tf.custom_gradient(both)
    return result
