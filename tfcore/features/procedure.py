"""The extraction of a data set as a job that the engine drives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tfcore.datasets.records import Photo
from tfcore.features.ahead import Ahead
from tfcore.features.planning import Source, plan
from tfcore.features.reading import SetAside
from tfcore.features.shard import Features, Progress, ShardExtraction
from tfcore.procedure import Preview, Result
from tfcore.similarity.analysis import ANALYSIS
from tfcore.similarity.stored import analyse_stored
from tfcore.store.features import FeatureStore

_MOST_TOLD = 200


class ExtractProcedure:
    """Computes a batch of photos a step; a step's number is the number of photos that are done.

    What a shard has computed is in the store as soon as it is whole, so that a killed worker loses
    one shard at most, and a stopped run nothing.

    Args:
        features: The network, mostly ``program.program_for(...)``.
        store: Where features are kept.
        wanted: Photos in the order of the listing.
        photos: The listing's records; with them the finished extraction is analysed.

    Example:
        >>> job = ExtractProcedure(program, store, sources(root, photos))  # doctest: +SKIP
        >>> job.step()["photos"]  # doctest: +SKIP
        32.0
    """

    def __init__(
        self,
        features: Features,
        store: FeatureStore,
        wanted: Iterable[Source],
        photos: Sequence[Photo] = (),
    ) -> None:
        self._features, self._store, self._photos = features, store, photos
        self._plan = plan(store, features.space, wanted)
        self._cache_hits = self._plan.cache_hits
        self._shards = iter(self._plan.shards)
        self._ahead = Ahead(self._plan.shards)
        self._shard: ShardExtraction | None = None
        self._done, self._aside = Progress(), list[SetAside]()

    @property
    def step_number(self) -> int:
        """Photos whose features are known or that were set aside."""
        return self._plan.cache_hits + self._done.photos + self._done.set_aside

    @property
    def steps(self) -> int:
        """Different photos there are."""
        return self._plan.photos

    def step(self) -> dict[str, float]:
        """Compute the next batch, and keep a shard that is whole."""
        if self._shard is None:
            if self._done == Progress():
                self._ahead.__enter__()
            self._shard = ShardExtraction(self._features, next(self._shards), self._ahead)
        done = self._shard.step()
        self._done += done
        if self._shard.finished:
            self._keep()
        return {
            "photos": float(done.photos),
            "set_aside": float(done.set_aside),
            "waiting": done.waiting,
            "computing": done.computing,
        }

    def preview(self) -> Preview | None:
        """Features are no picture."""
        return None

    def steer(self, changes: Mapping[str, float]) -> None:
        """Nothing of an extraction can be steered."""

    def state(self) -> bytes:
        """What was in the store before the first step; all else is in the store now."""
        return json.dumps({"cache_hits": self._cache_hits}).encode()

    def restore(self, state: bytes) -> None:
        """Remember what ``state`` returned.

        Raises:
            ValueError: The bytes do not belong to this job.
        """
        told = json.loads(state)
        if not isinstance(told, dict) or not isinstance(told.get("cache_hits"), int):
            raise ValueError("the state of another job")
        self._cache_hits = told["cache_hits"]

    def result(self) -> Result:
        """Keep what is there, and tell what came of it."""
        self._keep()
        space, done = self._features.space, self._done
        seconds = done.waiting + done.computing
        summary: dict[str, Any] = {
            "images": self.step_number - done.set_aside,
            "cache_hits": self._cache_hits,
            "forward_passes": done.passes,
            "images_per_second": round(done.photos / seconds, 2) if seconds else None,
            "dim": space.dim,
            "space": asdict(space),
            "set_aside": [
                {
                    "file": one.source.path,
                    "digest": one.source.digest,
                    "reason": one.reason,
                    "sentence": one.sentence,
                }
                for one in self._aside[:_MOST_TOLD]
            ],
        }
        if not self._photos or self.step_number < self.steps:
            return Result(summary=summary)
        analysis = analyse_stored(self._store, space, self._photos)
        summary["separability"] = analysis.summary
        return Result(summary=summary, files={ANALYSIS: analysis.to_bytes()})

    def _keep(self) -> None:
        if self._shard is not None:
            self._shard.save(self._store)
            self._aside += self._shard.result().set_aside
            self._shard = None
