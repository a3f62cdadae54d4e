"""Pictures as spectra: waves scaled as photos have them, in colours that vary independently."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tensorflow as tf

Floats = npt.NDArray[np.float32]

# Square root of the covariance of red, green and blue over the photos of ImageNet: its columns are
# brightness, blue against yellow, and green against magenta. Figures of tensorflow/lucid,
# optvis/param/color.py (Apache-2.0).
_COLORS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
COLORS: Floats = (_COLORS / np.linalg.norm(_COLORS, axis=0).max()).astype(np.float32)

CONTRAST = 1 / 60
"""How far one unit of a coefficient reaches: it makes learning rates of 0.05 to 1 useful."""

DARKEST = 1 / 1020
"""A photo's black, a quarter of an 8-bit level: the sigmoid never reaches 0 or 1 themselves."""


class Spectrum:
    """The two ways between a spectrum and pictures of one size.

    A spectrum has the shape ``(batch, 3, 2, size, size // 2 + 1)``: decorrelated colours, real and
    imaginary parts, rows and half of the columns (a real picture's other half is the mirror image).

    Args:
        size: Height and width of the pictures in pixels.

    Example:
        >>> Spectrum(224).shape
        (3, 2, 224, 113)
    """

    def __init__(self, size: int) -> None:
        self.size = size
        rows, columns = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
        frequency = np.hypot(rows, columns)
        # The mean brightness has frequency 0; it is scaled like the longest wave.
        scale = CONTRAST * size / np.maximum(frequency, 1.0 / size)
        self._scale: Floats = scale.astype(np.float32)
        self.shape = (3, 2, size, size // 2 + 1)

    def image(self, value: tf.Tensor) -> tf.Tensor:
        """Pictures of spectra.

        Args:
            value: float32, shape ``(batch, 3, 2, size, size // 2 + 1)``.

        Returns:
            RGB in (0, 1), shape ``(batch, size, size, 3)``.
        """
        # Not two slices: the gradient of each would be a whole spectrum, filled up with zeros.
        real, imaginary = tf.unstack(value * self._scale, axis=2)
        planes = tf.signal.irfft2d(tf.complex(real, imaginary), [self.size] * 2)
        colors = tf.reshape(tf.transpose(planes, [0, 2, 3, 1]), [-1, 3]) @ COLORS.T
        return tf.sigmoid(tf.reshape(colors, [-1, self.size, self.size, 3]))

    def of_photo(self, photos: Floats) -> Floats:
        """Spectra whose pictures are ``photos``: each step of ``image``, backwards.

        Args:
            photos: RGB in [0, 1], shape ``(batch, size, size, 3)``.
        """
        safe = np.clip(photos.astype(np.float64), DARKEST, 1.0 - DARKEST)
        colors = np.log(safe / (1.0 - safe)) @ np.linalg.inv(COLORS.astype(np.float64).T)
        waves = np.fft.rfft2(colors.transpose(0, 3, 1, 2)) / self._scale
        return np.stack([waves.real, waves.imag], axis=2).astype(np.float32)
