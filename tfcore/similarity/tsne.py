"""t-SNE in small pieces: a map on which photos that are alike lie together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tfcore.similarity.neighbours import lengths
from tfcore.similarity.projection import project

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

DIMENSIONS = 50
"""Features are brought to so many before photos are compared, as the paper does."""
EARLY_EXAGGERATION = 12.0
EARLY_SHARE = 1 / 3
"""Share of the iterations in which neighbours attract each other more than they should, so that
groups find together: 250 of 750."""
MOMENTUM = 0.8
_INTERPOLATED = 2_500  # from so many photos on, forces are quicker had from a grid than from a tree
_NEIGHBOURS = 3  # of a photo that its forces are computed from, as multiples of the perplexity


class Tsne:
    """The map of some photos, optimised a few iterations at a time.

    van der Maaten and Hinton, "Visualizing data using t-SNE", 2008; begun from the principal
    components (Kobak and Berens 2019), with learning rates after Belkina et al. (2019), by openTSNE
    (Poličar, Stražar and Zupan 2024). It computes in one thread: with several the last digits
    depend on their number, and a resumed map would not be that of an undisturbed one.

    Args:
        values: Features, ``(photos, dim)``; cosines between them count.
        perplexity: About how many neighbours each photo has. Of few photos it is lowered to a
            third of the others.
        seed: Of the little noise that is added to the beginning.
        iterations: To do in all.

    Attributes:
        perplexity: As it is used.
        points: The present map, ``(photos, 2)``.
        kl: Kullback-Leibler divergence of the map's likeness from that of the features, in nats:
            the smaller, the better the map. NaN before the first iteration.
        done: Iterations done.

    Example:
        >>> map = Tsne(values, perplexity=30, seed=0, iterations=750)   # doctest: +SKIP
        >>> map.advance(10)                                             # doctest: +SKIP
    """

    def __init__(self, values: Floats, *, perplexity: float, seed: int, iterations: int) -> None:
        # It loads scikit-learn, which takes seconds: workers alone come here.
        from openTSNE import TSNEEmbedding, affinity, initialization

        photos = len(values)
        plane = project(values / lengths(values)[:, None], DIMENSIONS).points.astype(np.float64)
        self.perplexity = min(perplexity, (photos - 1) / _NEIGHBOURS)
        near = affinity.PerplexityBasedNN(
            plane,
            self.perplexity,
            method="exact",
            n_jobs=1,
            random_state=seed,
            k_neighbors=min(photos - 1, int(_NEIGHBOURS * self.perplexity)),
        )
        begin = initialization.random(photos, random_state=seed)
        if plane[:, 0].any():
            begin = initialization.rescale(plane[:, :2])
            begin = initialization.jitter(begin, random_state=seed)
        self._map = TSNEEmbedding(
            begin,
            near,
            negative_gradient_method="fft" if photos >= _INTERPOLATED else "bh",
            n_jobs=1,
            random_state=seed,
        )
        self._map.optimizer.update = np.zeros((photos, 2))
        self._map.optimizer.gains = np.ones((photos, 2))
        self._likeness = near.P.data.copy()
        self.iterations, self.done, self.kl = iterations, 0, float("nan")

    @property
    def points(self) -> Points:
        """The present map, ``(photos, 2)``."""
        return np.array(self._map)

    def advance(self, count: int) -> None:
        """Do some iterations, as many as are left at most."""
        early = round(EARLY_SHARE * self.iterations)
        until = min(self.done + count, self.iterations)
        while self.done < until:
            is_early = self.done < early
            piece = (min(until, early) if is_early else until) - self.done
            # openTSNE multiplies and divides these numbers in place. What rounding leaves of that
            # would tell how often it was called: the pieces of a resumed map are not the same.
            self._map.affinities.P.data[:] = self._likeness
            self._map.optimize(
                piece,
                exaggeration=EARLY_EXAGGERATION if is_early else 1.0,
                momentum=MOMENTUM,
                inplace=True,
            )
            self.done += piece
        self.kl = float(self._map.kl_divergence)

    def state(self) -> dict[str, npt.NDArray[np.float64]]:
        """All that changes from iteration to iteration."""
        return {
            "points": self.points,
            "update": np.array(self._map.optimizer.update),
            "gains": np.array(self._map.optimizer.gains),
            "progress": np.array([self.done, self.kl]),
        }

    def restore(self, state: dict[str, npt.NDArray[np.float64]]) -> None:
        """Go on from what ``state`` gave."""
        self._map[:] = state["points"]
        self._map.optimizer.update = state["update"].copy()
        self._map.optimizer.gains = state["gains"].copy()
        self.done, self.kl = int(state["progress"][0]), float(state["progress"][1])
