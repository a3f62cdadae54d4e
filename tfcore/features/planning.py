"""Which photos are still to be computed, and in which shards; without TensorFlow.

Boundaries follow from the photos that are missing and their order alone, so whoever plans the same
work anew, after a stop or on another machine, gets the same shards.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tfcore.datasets.names import locate
from tfcore.datasets.records import Photo
from tfcore.errors import TooLarge
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

BATCH = 32
"""Photos that go through the network at a time."""
MOST_PHOTOS = 256
"""Photos of a shard: what a killed process loses, about a second or two of work."""

_MEGABYTE = 1024 * 1024
SHARD_BYTES = 64 * _MEGABYTE
"""Most bytes of a shard's features, and so of what an extraction collects in memory."""
MAX_DIM = SHARD_BYTES // (4 * BATCH)
"""Most numbers a photo, so that a shard holds a batch: 524,288, which are 2 MB a photo."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read.

    Attributes:
        path: Its absolute path, on every machine that may compute it.
        digest: SHA-256 of the bytes that it had when the data set was scanned.
    """

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Shard:
    """Photos that are computed together and written as one file.

    Attributes:
        space: What their features lie in.
        sources: At most ``shard_photos(space.dim)``, in the order of the listing.
    """

    space: Space
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Plan:
    """What is to be done for a data set.

    Attributes:
        space: What the features lie in.
        photos: Different photos that were asked for.
        shards: The work: photos whose features are missing.
    """

    space: Space
    photos: int
    shards: tuple[Shard, ...]

    @property
    def missing(self) -> int:
        """Photos to be computed."""
        return sum(len(shard.sources) for shard in self.shards)

    @property
    def cache_hits(self) -> int:
        """Photos whose features are in the store already."""
        return self.photos - self.missing

    @property
    def size(self) -> int:
        """Bytes of the features to be computed, before the store packs them."""
        return 4 * self.space.dim * self.missing


def sources(root: Path, photos: Iterable[Photo]) -> Iterator[Source]:
    """The files of a data set's photos.

    Args:
        root: The data set's folder.
        photos: Those of a ``Listing``, or of ``listing.stream``.

    Raises:
        UserError: A photo lies outside the folder.
    """
    home = Path(os.path.realpath(root))
    for photo in photos:
        yield Source(str(locate(home, photo.file)), photo.digest)


def check_dim(dim: int) -> None:
    """Refuse features that are too large to be kept for many photos.

    Raises:
        TooLarge: There are more than ``MAX_DIM`` numbers a photo.
    """
    if dim > MAX_DIM:
        raise TooLarge(
            f"{dim:,} numbers a photo ({4 * dim / _MEGABYTE:.1f} MB)",
            f"at most {MAX_DIM:,} ({4 * MAX_DIM / _MEGABYTE:g} MB)",
            'choose the pooling "mean", or a later layer',
        )


def shard_photos(dim: int, most: int | None = None) -> int:
    """Photos of a full shard: 256, or fewer whole batches where 64 MB would not hold them.

    Args:
        dim: Numbers a photo.
        most: Instead of 256.

    Raises:
        TooLarge: Not even one batch fits.

    Example:
        >>> shard_photos(1280), shard_photos(100_000)
        (256, 160)
    """
    check_dim(dim)
    return min(most or MOST_PHOTOS, SHARD_BYTES // (4 * dim) // BATCH * BATCH)


def plan(
    store: FeatureStore, space: Space, wanted: Iterable[Source], most: int | None = None
) -> Plan:
    """Divide the photos whose features are missing into shards.

    Args:
        store: Where features are kept.
        space: What they shall lie in.
        wanted: Photos in the order of the listing; of several with the same bytes the first counts.
        most: As in ``shard_photos``.

    Raises:
        TooLarge: The features are too large.

    Example:
        >>> files = [Source(f"/photos/{n}.jpg", f"{n:064x}") for n in range(300)]
        >>> space = Space(network="x", weights="", size=8, preprocessing="tf", dim=2)
        >>> [len(shard.sources) for shard in plan(FeatureStore("memory://"), space, files).shards]
        [256, 44]
    """
    full = shard_photos(space.dim, most)
    known = store.known(space)
    different: dict[str, Source] = {}
    for source in wanted:
        different.setdefault(source.digest, source)
    left = [source for source in different.values() if source.digest not in known]
    shards = tuple(
        Shard(space, tuple(left[start : start + full])) for start in range(0, len(left), full)
    )
    return Plan(space, len(different), shards)
