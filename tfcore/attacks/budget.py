"""What a change may cost: balls around a photo, and the way back into them.

A radius is written in n/255 for both norms, so that it means the same at every size: for L-infinity
no value of the picture changes by more, for L2 that is the root of the mean square over all values
(the usual L2 norm is ``radius / 255 * sqrt(values)``).
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import images
from tfcore.procedures import randomness

Rgb8 = npt.NDArray[np.uint8]

_TINY = 1e-12
_SLACK = 1e-5  # levels of 8 bits: what float32 may add to a number that was exact


class Norm(Protocol):
    """A way to measure a change; all arguments are batches, and each example counts alone."""

    def size(self, change: tf.Tensor) -> tf.Tensor:
        """How large each change is in n/255, shape ``(batch,)``."""
        ...

    def shrink(self, change: tf.Tensor, radius: tf.Tensor) -> tf.Tensor:
        """The nearest change of at most ``radius``, shape ``(batch,)`` in n/255."""
        ...

    def steepest(self, slope: tf.Tensor) -> tf.Tensor:
        """The change of size 1/255 that goes up a slope the most."""
        ...

    def anywhere(self, shape: tuple[int, ...], seed: tf.Tensor) -> tf.Tensor:
        """A change drawn evenly from all those of size up to 1/255; int64 scalar ``seed``."""
        ...


class LInfinity:
    """The largest change of any one value."""

    def size(self, change: tf.Tensor) -> tf.Tensor:
        """See ``Norm``."""
        return 255.0 * tf.reduce_max(tf.abs(change), [1, 2, 3])

    def shrink(self, change: tf.Tensor, radius: tf.Tensor) -> tf.Tensor:
        """Each value for itself."""
        most = each(radius) / 255.0
        return tf.clip_by_value(change, -most, most)

    def steepest(self, slope: tf.Tensor) -> tf.Tensor:
        """Every value as far as it may."""
        return tf.sign(slope) / 255.0

    def anywhere(self, shape: tuple[int, ...], seed: tf.Tensor) -> tf.Tensor:
        """Every value for itself."""
        return randomness.uniform(shape, _start_key(seed, randomness.START)) / 255.0


class L2:
    """The root of the mean square change of all values."""

    def size(self, change: tf.Tensor) -> tf.Tensor:
        """See ``Norm``."""
        return 255.0 * tf.sqrt(tf.reduce_mean(tf.square(change), [1, 2, 3]))

    def shrink(self, change: tf.Tensor, radius: tf.Tensor) -> tf.Tensor:
        """The whole change by one factor."""
        return change * each(tf.minimum(1.0, radius / tf.maximum(self.size(change), _TINY)))

    def steepest(self, slope: tf.Tensor) -> tf.Tensor:
        """The slope's own direction; none where there is no slope."""
        # Scaled first: a gradient of a sure network may be smaller than float32 can square.
        largest = tf.reduce_max(tf.abs(slope), [1, 2, 3], keepdims=True)
        slope = tf.math.divide_no_nan(slope, largest)
        return tf.math.divide_no_nan(slope, each(self.size(slope)))

    def anywhere(self, shape: tuple[int, ...], seed: tf.Tensor) -> tf.Tensor:
        """A direction and a length."""
        # A direction from a normal distribution; nearly all of a ball of many dimensions lies at
        # its surface.
        way = self.steepest(randomness.normal(shape, _start_key(seed, randomness.START)))
        draw = randomness.uniform((shape[0],), _start_key(seed, randomness.AMOUNT))
        return way * each((0.5 + 0.5 * draw) ** (1.0 / math.prod(shape[1:])))


NORMS: dict[str, Norm] = {"linf": LInfinity(), "l2": L2()}


def confined(moved: tf.Tensor, photos: tf.Tensor, norm: Norm, radius: tf.Tensor) -> tf.Tensor:
    """Bring images back to within the radius around their photos, and to within [0, 1].

    Args:
        moved: RGB, shape ``(batch, height, width, 3)``.
        photos: The same, in [0, 1].
        norm: How a change is measured.
        radius: In n/255, shape ``(batch,)``.
    """
    # Towards a photo inside [0, 1] no change grows by being cut off there.
    return tf.clip_by_value(photos + norm.shrink(moved - photos, radius), 0.0, 1.0)


def quantized(image: npt.NDArray[np.float32], photo: Rgb8, norm: Norm, radius: float) -> Rgb8:
    """Round one image to 8 bits without leaving the radius around its photo.

    Rounding to the nearest level may enlarge a change; then every value is rounded towards the
    photo instead, which can only make it smaller.

    Args:
        image: RGB in [0, 1], shape ``(height, width, 3)``, within the radius itself.
        photo: RGB of the same shape.
        norm: How a change is measured.
        radius: In n/255; infinite where there is no budget.
    """
    nearest = images.to_uint8(image)
    if distance(nearest, photo, norm) <= radius + _SLACK:
        return nearest
    change = 255.0 * np.asarray(image, np.float64) - photo
    inward = photo + np.sign(change) * np.floor(np.abs(change) + _SLACK)
    found: Rgb8 = np.clip(inward, 0, 255).astype(np.uint8)
    return found


def distance(image: Rgb8, photo: Rgb8, norm: Norm) -> float:
    """How far an 8-bit image is from its photo, in n/255."""
    change = images.to_float(image) - images.to_float(photo)
    return float(norm.size(tf.constant(change[None]))[0])


def on_grid(images: tf.Tensor) -> tf.Tensor:
    """The nearest of 256 levels; the gradient passes unchanged (Bengio et al. 2013)."""
    return images + tf.stop_gradient(tf.round(255.0 * images) / 255.0 - images)


def each(values: tf.Tensor) -> tf.Tensor:
    """One number an example, in a shape that multiplies its picture."""
    return tf.reshape(values, [-1, 1, 1, 1])


def _start_key(seed: tf.Tensor, purpose: int) -> tf.Tensor:
    return randomness.key(seed, tf.constant(0, tf.int64), purpose)
