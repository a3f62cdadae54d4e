"""Short calls: questions that a worker answers at once, beside the run that it is busy with.

TensorFlow is imported inside the functions, because pages import this module without it.
"""

from __future__ import annotations

from tfcore import images
from tfcore.engine import heavy


def predict(network: str, png: bytes) -> list[tuple[int, float]]:
    """The five classes that a network sees in a picture.

    Args:
        network: A name of the catalog.
        png: The picture, as the bytes of a PNG.

    Returns:
        Class index and probability, the likeliest first.
    """
    heavy.load()
    from tfcore.backbones.predict import top5

    return top5(network, images.decode(png))
