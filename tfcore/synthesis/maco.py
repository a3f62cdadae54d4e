"""MaCo: waves whose strengths stay as they are in photos, and whose phases are optimised."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import images
from tfcore.procedures import randomness
from tfcore.synthesis.spectrum import COLORS, Spectrum

Floats = npt.NDArray[np.float32]
Rgb8 = npt.NDArray[np.uint8]

CONTRAST = 1.0
"""Standard deviation of the pixels before the sigmoid: after it about 0.2, as photos have it."""


class Maco:
    """Phases of a spectrum whose magnitudes are fixed.

    An optimiser that may change magnitudes piles up high frequencies, because networks answer to
    them; photos have few. Here each wave keeps the strength that it has in photos on average, one
    over its frequency, in colours that vary together as photos' do, and only says where it stands
    (Fel et al., "Unlocking Feature Visualization for Deeper Networks with MAgnitude Constrained
    Optimization", NeurIPS 2023). The average is computed from that law, not measured. The mean of
    the picture, before the sigmoid that keeps it in range, is gray.

    Args:
        size: Height and width in pixels.

    Example:
        >>> Maco(32).initial("noise", 0, None).shape
        (1, 3, 32, 17)
    """

    raw = False
    gray = 0.5
    half_range = 0.5

    def __init__(self, size: int) -> None:
        self.size = size
        self._spectrum = Spectrum(size)
        rows, columns = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
        frequency = np.hypot(rows, columns)
        frequency[0, 0] = np.inf
        magnitude = 1.0 / frequency
        # Parseval: the variance of the pixels is the mean square over the whole spectrum, of which
        # the inner columns stand for two. Red, green and blue share it through their colours.
        twice = np.full(magnitude.shape[1], 2.0)
        twice[0] = 1.0
        if size % 2 == 0:
            twice[-1] = 1.0
        variance = float((twice * magnitude**2).sum()) / size**4
        variance *= float(np.square(COLORS).sum()) / 3
        self.magnitude: Floats = (magnitude * CONTRAST / math.sqrt(variance)).astype(np.float32)

    def initial(self, start: str, seed: int, photo: Floats | None) -> Floats:
        """Random phases or the photo's own; for "gray" zeros, which are a shape and no picture."""
        shape = (1, 3, self.size, self.size // 2 + 1)
        if start == "photo":
            if photo is None:
                raise ValueError('start "photo" needs a photo')
            waves = self._spectrum.of_photo(photo[None])
            return np.arctan2(waves[:, :, 1], waves[:, :, 0]).astype(np.float32)
        if start == "gray":
            return np.zeros(shape, np.float32)
        draw = randomness.key(
            tf.constant(seed, tf.int64), tf.constant(0, tf.int64), randomness.START
        )
        return np.array(math.pi * randomness.uniform(shape, draw), dtype=np.float32)

    def image(self, value: tf.Tensor) -> tf.Tensor:
        """The sum of the waves at these phases, through a sigmoid into [0, 1]."""
        return tf.sigmoid(self.before_sigmoid(value))

    def before_sigmoid(self, value: tf.Tensor) -> tf.Tensor:
        """The sum of the waves in red, green and blue, shape ``(batch, size, size, 3)``."""
        phase = self._real(value)
        waves = tf.complex(self.magnitude * tf.cos(phase), self.magnitude * tf.sin(phase))
        planes = tf.signal.irfft2d(waves, [self.size] * 2)
        colors = tf.reshape(tf.transpose(planes, [0, 2, 3, 1]), [-1, 3]) @ COLORS.T
        return tf.reshape(colors, [-1, self.size, self.size, 3])

    def _real(self, phase: tf.Tensor) -> tf.Tensor:
        """Phases that a real picture can have.

        In the first column, and in the last one of an even size, both halves of the spectrum are
        written down, and a real picture's are mirror images: a phase there is the opposite of its
        mirror image's. Without this the inverse transform would shrink those magnitudes.
        """
        inner = phase[..., 1:-1] if self.size % 2 == 0 else phase[..., 1:]
        edges = [phase[..., :1]] + ([phase[..., -1:]] if self.size % 2 == 0 else [])
        first, *last = [(edge - _mirrored(edge)) / 2 for edge in edges]
        return tf.concat([first, inner, *last], axis=-1)

    def project(self, value: tf.Tensor) -> tf.Tensor:
        """Every phase is allowed: the magnitudes are no variables."""
        return value

    def shown(self, image: Floats) -> Rgb8:
        """Rounded to 8 bits."""
        return images.to_uint8(image)


def _mirrored(column: tf.Tensor) -> tf.Tensor:
    """Each row's value at the opposite frequency."""
    return tf.roll(tf.reverse(column, axis=[-2]), 1, axis=-2)
