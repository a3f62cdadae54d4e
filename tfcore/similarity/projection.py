"""Many numbers a photo as a few: the directions in which photos differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_SEED = 0


@dataclass(frozen=True)
class Projection:
    """Photos in few dimensions.

    Attributes:
        points: ``(photos, dimensions)``, with mean 0.
        explained: Share of the features' variance that lies in each dimension, 0 to 1.
    """

    points: Floats
    explained: tuple[float, ...]


def project(values: Floats, dimensions: int = 2) -> Projection:
    """Principal component analysis (Pearson 1901; Hotelling 1933).

    Scikit-learn chooses the solver: exact for small ones, randomized for large (Halko, Martinsson
    and Tropp 2011), with a fixed seed, so that a data set has the same map every time.

    Args:
        values: Features, ``(photos, dim)``.
        dimensions: Wanted; where photos or features give fewer, the others are 0.

    Example:
        >>> line = np.arange(4, dtype=np.float32)[:, None] * np.array([3, 4], np.float32)
        >>> [round(share, 3) for share in project(line).explained]
        [1.0, 0.0]
    """
    photos, dim = values.shape
    points, explained = np.zeros((photos, dimensions), np.float32), np.zeros(dimensions)
    wanted = min(dimensions, photos - 1, dim)
    if wanted < 1 or not np.ptp(values, axis=0).any():
        return Projection(points, tuple(explained))
    from sklearn.decomposition import PCA  # takes seconds to load: workers alone come here

    pca = PCA(wanted, random_state=_SEED)
    points[:, :wanted] = pca.fit_transform(values)
    explained[:wanted] = pca.explained_variance_ratio_
    return Projection(points, tuple(map(float, explained)))
