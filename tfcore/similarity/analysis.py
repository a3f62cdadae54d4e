"""A data set in one network's eyes: a map, neighbours, how well classes stand apart.

It is made once, at the end of an extraction, and kept as JSON with the run: pages read it without
any library for numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tfcore.datasets.records import Photo
from tfcore.errors import UserError
from tfcore.similarity import kept_json
from tfcore.similarity.knn import Separability, separability
from tfcore.similarity.neighbours import lengths, nearest
from tfcore.similarity.projection import project

Floats = npt.NDArray[np.float32]

ANALYSIS = "analysis.json"
"""The artifact of an extraction that holds it."""
VERSION = 1
NEIGHBOURS = 12
"""Neighbours that are kept of each photo."""


@dataclass(frozen=True)
class Analysis:
    """A data set as a space. A row is a photo; all sequences of photos have the same order.

    Attributes:
        digests: SHA-256 of each photo's bytes.
        labels: Class of each photo.
        files: Where each lies, from the data set's root.
        classes: Names of the classes, in order.
        of: Photos with features; more than there are rows where a part was drawn.
        pca: Two coordinates of each photo.
        explained: Share of the variance that each of the two explains.
        neighbours: Rows of the most similar others of each photo, the nearest first.
        similarity: Cosine of the angle between both, -1 to 1.
        knn: How well classes stand apart.
        spread: ``within``, mean cosine of two photos of one class, and ``between``, of two classes;
            None where there is no such pair.
    """

    digests: Sequence[str]
    labels: Sequence[str]
    files: Sequence[str]
    classes: Sequence[str]
    of: int
    pca: Sequence[Sequence[float]]
    explained: Sequence[float]
    neighbours: Sequence[Sequence[int]]
    similarity: Sequence[Sequence[float]]
    knn: Separability
    spread: Mapping[str, float | None]

    def to_bytes(self) -> bytes:
        """The JSON that ``from_bytes`` reads."""
        return kept_json.written(self, VERSION)

    @property
    def summary(self) -> dict[str, Any]:
        """The figures that a run's record carries."""
        told = asdict(self.knn)
        return {name: told[name] for name in ("k", "n", "accuracy", "ci_low", "ci_high", "note")}


def from_bytes(content: bytes) -> Analysis:
    """Read what ``Analysis.to_bytes`` wrote.

    Raises:
        UserError: It is something else, or of another version.
    """
    refusal = UserError(
        "an analysis of a data set that cannot be read",
        "one that this version of the lab has written",
        "extract the features again",
    )
    return kept_json.read(content, VERSION, _from_fields, refusal)


def _from_fields(told: dict[str, Any]) -> Analysis:
    return Analysis(**{**told, "knn": Separability(**told["knn"])})


def analyse(values: Floats, photos: Sequence[Photo], of: int | None = None) -> Analysis:
    """Compare all photos of a data set.

    Args:
        values: Features, ``(photos, dim)``.
        photos: Those photos.
        of: How many there are, where these are drawn from more.

    Example:
        >>> analyse(store.read(space, digests), photos).knn.accuracy    # doctest: +SKIP
        0.985
    """
    labels = [photo.label for photo in photos]
    found, plane = nearest(values, NEIGHBOURS), project(values)
    return Analysis(
        digests=[photo.digest for photo in photos],
        labels=labels,
        files=[photo.file for photo in photos],
        classes=sorted(set(labels)),
        of=len(photos) if of is None else of,
        pca=_rounded(plane.points, 4),
        explained=[round(share, 4) for share in plane.explained],
        neighbours=found.rows.tolist(),
        similarity=_rounded(found.similarity, 3),
        knn=separability(found, labels),
        spread=spread(values, labels),
    )


def spread(values: Floats, labels: Sequence[str]) -> dict[str, float | None]:
    """Mean cosine of two photos of one class, and of two classes.

    Args:
        values: Features, ``(photos, dim)``.
        labels: Class of each photo.

    Example:
        >>> spread(np.array([[1, 0], [2, 0], [0, 1]], np.float32), ["a", "a", "b"])
        {'within': 1.0, 'between': 0.0}
    """
    # The square of a sum of unit vectors is the sum of the cosines of all pairs.
    scale = lengths(values).astype(np.float64)
    groups: dict[str, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        groups[label].append(row)
    sums = [(values[rows] / scale[rows, None]).sum(axis=0) for rows in groups.values()]
    photos, sizes = len(labels), np.array([len(rows) for rows in groups.values()])
    squares = sum(float(one @ one) for one in sums)
    whole = np.sum(sums, axis=0) if sums else np.zeros(1)
    within, between = (sizes * (sizes - 1)).sum(), photos**2 - (sizes**2).sum()
    return {
        "within": round(float((squares - photos) / within), 4) if within else None,
        "between": round(float((whole @ whole - squares) / between), 4) if between else None,
    }


def _rounded(values: Floats, digits: int) -> list[list[float]]:
    # In float64: rounded float32 numbers would be written with all their digits.
    rounded = np.round(values.astype(np.float64), digits) + 0.0  # no -0.0
    found: list[list[float]] = rounded.tolist()
    return found
