"""Short calls: questions that a worker answers at once, beside the run that it is busy with.

TensorFlow is imported inside the functions, because pages import this module without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfcore import images
from tfcore.config import config
from tfcore.engine import heavy
from tfcore.errors import UserError
from tfcore.settings import ExtractSettings
from tfcore.store.space import Space

NEAREST = 12


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


def nearest(
    settings: Mapping[str, Any], space: Mapping[str, Any], digests: Sequence[str], png: bytes
) -> list[tuple[int, float]]:
    """The photos of a data set that are most like another one.

    Args:
        settings: Those of the extraction, as its run has them.
        space: ``space`` of its summary.
        digests: Its photos, such as ``Analysis.digests``.
        png: The other photo, as the bytes of a picture.

    Returns:
        Row among ``digests`` and cosine, -1 to 1, the most similar first; ``NEAREST`` at most.

    Raises:
        UserError: The network here gives other features than those of the data set, or they are no
            longer in the store.
        BadImage: It is no picture.
    """
    heavy.load()
    from tfcore.features.program import program_for
    from tfcore.similarity.kept import nearest_to

    asked, lies_in = ExtractSettings.model_validate(dict(settings)), Space(**space)
    pixels = images.decode(png)
    program = program_for(asked.network, asked.layer, asked.pooling, seed=asked.weights_seed)
    if program.space != lies_in:
        raise UserError(
            "features of another version of this network",
            "those that it gives here",
            "extract the features again",
        )
    (one,) = program(images.fit_square(pixels, program.space.size)[None])
    return nearest_to(one, str(config().features_root), lies_in, tuple(digests), NEAREST)
