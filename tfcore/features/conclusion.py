"""What an extraction ends with, once every photo is computed, known or set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tfcore.datasets import listing
from tfcore.errors import UserError
from tfcore.procedure import Result
from tfcore.similarity.analysis import ANALYSIS
from tfcore.similarity.stored import analyse_stored
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

MOST_TOLD = 200
"""Photos that were set aside and are told one by one."""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Figures of an extraction.

    Attributes:
        space: What the features lie in.
        cache_hits: Photos whose features were in the store.
        computed: Photos that this run has computed.
        passes: Batches that went through the network.
        seconds: Time in which any worker computed.
        workers: Different workers that computed.
        set_aside: Photos that could not be used: file, digest, reason and sentence.
        probe: What another precision than float32 gained and changed: ``speed_up`` and
            ``similarity``; empty in float32.
    """

    space: Space
    cache_hits: int = 0
    computed: int = 0
    passes: int = 0
    seconds: float = 0.0
    workers: int = 0
    set_aside: Sequence[Mapping[str, str]] = ()
    probe: Mapping[str, float] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """The same as the run's record keeps it.

        Example:
            >>> space = Space(network="x", weights="", size=8, preprocessing="tf", dim=2)
            >>> Totals(space=space, computed=90, seconds=2.0).summary()["images_per_second"]
            45.0
        """
        return {
            "images": self.cache_hits + self.computed,
            "cache_hits": self.cache_hits,
            "forward_passes": self.passes,
            "images_per_second": (
                round(self.computed / self.seconds, 2) if self.computed and self.seconds else None
            ),
            "workers": self.workers,
            "dim": self.space.dim,
            "space": asdict(self.space),
            "probe": dict(self.probe),
            "set_aside": [dict(one) for one in self.set_aside[:MOST_TOLD]],
        }


def conclude(totals: Totals, store: FeatureStore, content: bytes) -> Result:
    """Check that everything is where the lab will look for it, compare the photos, and sum up.

    Runs on a worker: it loads libraries that are slow to load.

    Args:
        totals: What was counted.
        store: Where the features are kept.
        content: The data set's listing, as ``datasets.listing.to_bytes`` writes it.

    Raises:
        UserError: Some features are not in the store, as when workers keep them on disks of
            their own.
    """
    gone = {one["digest"] for one in totals.set_aside}
    photos = [one for one in listing.from_bytes(content).photos if one.digest not in gone]
    wanted = [photo.digest for photo in photos]
    if missing := store.missing(totals.space, wanted):
        raise UserError(
            f"{len(missing):,} of {len(wanted):,} photos without features in {store.root}",
            "one place that every worker and this machine can read and write",
            "set TRANSFERLAB_FEATURES to a shared folder or a bucket",
        )
    analysis = analyse_stored(store, totals.space, photos)
    summary = {**totals.summary(), "separability": analysis.summary}
    return Result(summary=summary, files={ANALYSIS: analysis.to_bytes()})
