"""What a network sees in a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import images
from tfcore.backbones.loading import cached

Rgb8 = npt.NDArray[np.uint8]


def probabilities(network: str, rgb: Rgb8) -> npt.NDArray[np.float32]:
    """Class probabilities, shape ``(classes,)``, of the centre crop that the network sees.

    Args:
        network: Name in the catalog.
        rgb: RGB uint8, shape ``(height, width, 3)``, any size.

    Raises:
        WeightsMissing: The network's weights are not here.
    """
    backbone = cached(network)
    crop = images.to_float(images.fit_square(rgb, backbone.size))
    logits = backbone.logits(tf.constant(crop[None]))
    return np.asarray(tf.nn.softmax(logits)[0], dtype=np.float32)


def top5(network: str, rgb: Rgb8) -> list[tuple[int, float]]:
    """The five most probable classes, as index and probability.

    Example:
        >>> top5("efficientnet-lite0", photo)[0]
        (284, 0.93)
    """
    return best5(probabilities(network, rgb))


def best5(values: npt.NDArray[np.float32]) -> list[tuple[int, float]]:
    """Indices and values of the five largest, largest first, ties by index."""
    order = np.argsort(-values, kind="stable")[:5]
    return [(int(index), float(values[index])) for index in order]


def verdict(network: str, rgb: Rgb8, target: int | None) -> dict[str, Any]:
    """How a network ranks the target in a picture that another network made.

    Args:
        network: Name in the catalog.
        rgb: The picture.
        target: Class index, or None when the run aimed at no class.

    Returns:
        ``rank`` (1 is best) and ``probability`` of the target, None without one, and ``top5``.
    """
    values = probabilities(network, rgb)
    rank = None if target is None else int(np.sum(values > values[target])) + 1
    return {
        "rank": rank,
        "probability": None if target is None else float(values[target]),
        "top5": best5(values),
    }
