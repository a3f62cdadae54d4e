"""Features of the data sets that were asked about last, kept in a worker's memory."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tfcore.similarity.neighbours import like
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

Floats = npt.NDArray[np.float32]

KEPT = 2
"""Data sets kept; one of 20,000 photos of 1,280 numbers takes 102 MB."""


def nearest_to(
    one: Floats, root: str, space: Space, digests: tuple[str, ...], count: int
) -> list[tuple[int, float]]:
    """The photos of a data set that are most like one from elsewhere.

    Args:
        one: Features of the other photo, ``(space.dim,)``.
        root: Address of the store of features.
        space: What all of them lie in.
        digests: The data set's photos.
        count: How many are wanted at most.

    Returns:
        Row among ``digests`` and cosine, -1 to 1, the most similar first.

    Raises:
        UserError: Some photo has no features in the store, or a shard is damaged.
    """
    found = like(_features(root, space, digests), one, count)
    rows, similarity = found.rows[0].tolist(), found.similarity[0].tolist()
    return [(row, round(cosine, 4)) for row, cosine in zip(rows, similarity, strict=True)]


@lru_cache(maxsize=KEPT)
def _features(root: str, space: Space, digests: tuple[str, ...]) -> Floats:
    return FeatureStore(root).read(space, digests)
