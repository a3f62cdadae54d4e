"""What is optimised: the numbers behind a picture.

A parametrization turns a variable, the thing that gradient steps change, into the images that the
network is given. The choice shapes the picture more than the objective does: the same objective
ends in noise on pixels and in a recognisable animal on a decorrelated spectrum (Mordvintsev et al.,
"Differentiable Image Parameterizations", Distill 2018).

``pixels``, ``fourier`` and ``raw`` stand here, ``maco`` in a file of its own. To add one, write the
four methods and add a row to ``PARAMETRIZATIONS`` and its name to ``settings.Parametrization``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import images
from tfcore.procedures import randomness
from tfcore.synthesis.maco import Maco
from tfcore.synthesis.spectrum import Spectrum

Floats = npt.NDArray[np.float32]
Rgb8 = npt.NDArray[np.uint8]

NOISE_PIXELS = 0.2
"""Standard deviation of the first image's noise around mid gray, in [0, 1]."""

NOISE_SPECTRUM = 2.0
"""Standard deviation of the first spectrum's coefficients: soft clouds before the first step."""


class Parametrization(Protocol):
    """The numbers behind square pictures of one size."""

    raw: bool
    """Whether images go to the network as they are, without its preprocessing."""

    gray: float
    """The value of an image's pixel that means mid gray."""

    half_range: float
    """Distance from mid gray to the brightest pixel, the unit of the L2 term."""

    def initial(self, start: str, seed: int, photo: Floats | None) -> Floats:
        """The variable before the first step.

        Args:
            start: "noise", "gray" or "photo".
            seed: Decides the noise.
            photo: RGB in [0, 1], shape ``(size, size, 3)``, for start "photo".

        Returns:
            A batch of one.
        """
        ...

    def image(self, value: tf.Tensor) -> tf.Tensor:
        """Images of a variable, shape ``(batch, size, size, 3)``; differentiable."""
        ...

    def project(self, value: tf.Tensor) -> tf.Tensor:
        """Bring a variable back to where it is allowed to be, after each step."""
        ...

    def shown(self, image: Floats) -> Rgb8:
        """One image as people see it and as it is saved."""
        ...


class Pixels:
    """Each pixel is a number of its own, kept in [0, 1] by clipping after each step.

    The simplest choice. It leaves the network free to be convinced by a pattern too fine for
    people to see.

    Args:
        size: Height and width in pixels.

    Example:
        >>> Pixels(8).initial("gray", 0, None).shape
        (1, 8, 8, 3)
    """

    raw = False
    gray = 0.5
    half_range = 0.5

    def __init__(self, size: int) -> None:
        self.size = size

    def initial(self, start: str, seed: int, photo: Floats | None) -> Floats:
        """Mid gray, mid gray with noise, or the photo."""
        if start == "photo":
            return _only(photo)
        shape = (1, self.size, self.size, 3)
        if start == "gray":
            return np.full(shape, self.gray, np.float32)
        noise = randomness.start_noise(shape, seed)
        noisy: Floats = np.clip(self.gray + NOISE_PIXELS * noise, 0.0, 1.0).astype(np.float32)
        return noisy

    def image(self, value: tf.Tensor) -> tf.Tensor:
        """The variable itself."""
        return value

    def project(self, value: tf.Tensor) -> tf.Tensor:
        """Clip to [0, 1]."""
        return tf.clip_by_value(value, 0.0, 1.0)

    def shown(self, image: Floats) -> Rgb8:
        """Rounded to 8 bits."""
        return images.to_uint8(image)


class Raw:
    """The lesson's own way: unbounded values that skip the network's preprocessing.

    Starts from normal noise with a standard deviation of 1. A photo goes in as its values in
    [0, 1], as the lesson does it. As no value has a fixed colour, a person is shown the range from
    the smallest to the largest value.

    Args:
        size: Height and width in pixels.
    """

    raw = True
    gray = 0.0
    half_range = 1.0

    def __init__(self, size: int) -> None:
        self.size = size

    def initial(self, start: str, seed: int, photo: Floats | None) -> Floats:
        """Zeros, noise of the standard normal distribution, or the photo in [0, 1]."""
        if start == "photo":
            return _only(photo)
        shape = (1, self.size, self.size, 3)
        if start == "gray":
            return np.zeros(shape, np.float32)
        return randomness.start_noise(shape, seed)

    def image(self, value: tf.Tensor) -> tf.Tensor:
        """The variable itself."""
        return value

    def project(self, value: tf.Tensor) -> tf.Tensor:
        """Every value is allowed."""
        return value

    def shown(self, image: Floats) -> Rgb8:
        """Stretched from the smallest to the largest value."""
        return images.stretch(image)


class Fourier:
    """Waves with decorrelated colours: a spectrum scaled by one over the frequency.

    A step of the same size then changes every frequency by as much as photos have of it, and
    colours vary together as they do in photos. The optimum is the same, the way there leads through
    pictures that look natural (Olah et al., "Feature Visualization", Distill 2017, section
    "Preconditioning and parameterization").

    Args:
        size: Height and width in pixels.
    """

    raw = False
    gray = 0.5
    half_range = 0.5

    def __init__(self, size: int) -> None:
        self.size = size
        self._spectrum = Spectrum(size)

    def initial(self, start: str, seed: int, photo: Floats | None) -> Floats:
        """No waves (mid gray), clouds of random waves, or the photo's own spectrum."""
        if start == "photo":
            return self._spectrum.of_photo(_only(photo))
        shape = (1, *self._spectrum.shape)
        if start == "gray":
            return np.zeros(shape, np.float32)
        return (NOISE_SPECTRUM * randomness.start_noise(shape, seed)).astype(np.float32)

    def image(self, value: tf.Tensor) -> tf.Tensor:
        """The sum of the waves, through a sigmoid into [0, 1]."""
        return self._spectrum.image(value)

    def project(self, value: tf.Tensor) -> tf.Tensor:
        """Every spectrum is allowed: the sigmoid keeps the image in range."""
        return value

    def shown(self, image: Floats) -> Rgb8:
        """Rounded to 8 bits."""
        return images.to_uint8(image)


PARAMETRIZATIONS: Mapping[str, type[Pixels | Raw | Fourier | Maco]] = MappingProxyType(
    {"pixels": Pixels, "raw": Raw, "fourier": Fourier, "maco": Maco}
)


def _only(photo: Floats | None) -> Floats:
    """A batch of the one photo."""
    if photo is None:
        raise ValueError('start "photo" needs a photo')
    return photo[None].astype(np.float32)
