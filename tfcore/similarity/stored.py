"""From features in the store to what is known of their data set."""

from __future__ import annotations

from collections.abc import Iterable

from tfcore.datasets.records import Photo
from tfcore.similarity.analysis import Analysis, analyse
from tfcore.similarity.sampling import drawn
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

MOST_PHOTOS = 20_000
"""Photos that are compared; all pairs of them take some twenty seconds."""
MOST_BYTES = 256 * 1024 * 1024
"""Most bytes of their features: of a layer's flat maps fewer photos are compared."""


def analyse_stored(store: FeatureStore, space: Space, photos: Iterable[Photo]) -> Analysis:
    """Compare the photos of a data set whose features were extracted.

    Args:
        store: Where their features are kept.
        space: What they lie in.
        photos: Those of the listing, in its order; those without features are left out. Of more
            than ``MOST_PHOTOS``, or ``MOST_BYTES``, a part is drawn.

    Raises:
        UserError: A shard of the store is damaged.
    """
    known = store.known(space)
    here = [photo for photo in photos if photo.digest in known]
    most = min(MOST_PHOTOS, MOST_BYTES // (4 * space.dim))
    rows = drawn([photo.digest for photo in here], [photo.label for photo in here], most)
    part = [here[row] for row in rows]
    return analyse(store.read(space, [photo.digest for photo in part]), part, of=len(here))
