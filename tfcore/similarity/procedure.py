"""The map of a data set as a job that the engine drives."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tfcore.errors import UserError
from tfcore.procedure import Preview, Result
from tfcore.procedures.saving import pack, unpack
from tfcore.settings import MapSettings
from tfcore.similarity.analysis import Analysis
from tfcore.similarity.maps import FEWEST, MAP, DrawnMap
from tfcore.similarity.sampling import drawn
from tfcore.similarity.scatter import draw
from tfcore.similarity.tsne import Tsne
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

PIECE = 10
"""Iterations of a step; the divergence is computed once a step, which takes as long as one."""


class MapProcedure:
    """Draws a map ten iterations a step; a step's number is the number of iterations done.

    Args:
        settings: How.
        analysis: Of the extraction whose photos are drawn.
        store: Where their features are.
        space: What they lie in.

    Raises:
        UserError: There are too few photos, or their features are no longer in the store.

    Example:
        >>> job = MapProcedure(settings, analysis, store, space)    # doctest: +SKIP
        >>> job.step()                                              # doctest: +SKIP
        {'kl_divergence': 2.31}
    """

    def __init__(
        self, settings: MapSettings, analysis: Analysis, store: FeatureStore, space: Space
    ) -> None:
        self.settings = settings
        self._rows = drawn(analysis.digests, analysis.labels, settings.most_photos, settings.seed)
        if len(self._rows) < FEWEST:
            raise UserError(
                f"{len(self._rows)} photos to draw a map of",
                f"at least {FEWEST}",
                "add photos to the data set, or look at the plain map",
            )
        numbers = {name: number for number, name in enumerate(analysis.classes)}
        self._classes = [numbers[analysis.labels[row]] for row in self._rows]
        digests = [analysis.digests[row] for row in self._rows]
        self._owner = "\n".join([settings.model_dump_json(), space.digest, *digests])
        self._map = Tsne(
            store.read(space, digests),
            perplexity=settings.perplexity,
            seed=settings.seed,
            iterations=settings.steps,
        )

    @property
    def step_number(self) -> int:
        """Iterations done."""
        return self._map.done

    @property
    def steps(self) -> int:
        """Iterations to do."""
        return self.settings.steps

    def step(self) -> dict[str, float]:
        """Do the next iterations; the divergence is that of the map they end with."""
        self._map.advance(PIECE)
        return {"kl_divergence": self._map.kl}

    def preview(self) -> Preview | None:
        """The map as it is."""
        return Preview(np.asarray(draw(self._map.points, self._classes)))

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Nothing of a map can be steered."""
        return {}

    def state(self) -> bytes:
        """The map, and how fast each point moves."""
        return pack(self._map.state(), self._owner)

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned.

        Raises:
            ValueError: The bytes do not belong to this map.
        """
        self._map.restore(unpack(state, self._owner, self._map.state()))

    def result(self) -> Result:
        """The map as far as it is drawn, and its picture."""
        done = self._map.done > 0
        found = DrawnMap(
            rows=self._rows,
            xy=np.round(self._map.points, 3).tolist(),
            kl=round(self._map.kl, 4) if done else None,
            perplexity=round(self._map.perplexity, 2),
            seed=self.settings.seed,
            iterations=self._map.done,
        )
        return Result(
            summary={
                "photos": len(self._rows),
                "kl_divergence": found.kl,
                "perplexity": found.perplexity,
            },
            files={MAP: found.to_bytes()} if done else {},
        )
