"""How well classes stand apart: can a photo's class be told from those of its neighbours?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfcore.intervals import wilson
from tfcore.similarity.neighbours import Neighbours

K = 5


@dataclass(frozen=True)
class Separability:
    """Leave-one-out accuracy of the nearest neighbours.

    Attributes:
        k: Neighbours that vote.
        n: Photos that were asked for.
        correct: Those whose class the vote told.
        accuracy: Their share, 0 to 1; None where it would mean nothing.
        ci_low: Lower end of the share's 95 % interval (Wilson), or None.
        ci_high: Upper end, or None.
        chance: Share of the largest class: what always naming it would reach.
        by_class: The accuracy among the photos of each class.
        note: Why there is no accuracy, in a sentence; else empty.
    """

    k: int
    n: int
    correct: int
    accuracy: float | None
    ci_low: float | None
    ci_high: float | None
    chance: float | None
    by_class: Mapping[str, float]
    note: str = ""


def separability(found: Neighbours, labels: Sequence[str], k: int = K) -> Separability:
    """Tell each photo's class by its nearest others, and count how often that is right.

    The k nearest vote (Cover and Hart, "Nearest neighbor pattern classification", 1967); between
    classes with as many votes the one whose voters are more alike wins. Nothing is trained, so that
    the figure tells of the features alone. Near copies of a photo make it look better than it is.

    Args:
        found: At least ``k`` neighbours of each photo, where there are so many.
        labels: Class of each photo.
        k: Neighbours that vote.

    Example:
        >>> separability(nearest(values, 5), labels).accuracy           # doctest: +SKIP
        0.97
    """
    classes, own = np.unique(np.asarray(labels, dtype=object).astype(str), return_inverse=True)
    note = _why_not(len(labels), len(classes), k)
    if note:
        return Separability(k, len(labels), 0, None, None, None, None, {}, note)
    votes = np.zeros((len(labels), len(classes)))
    photo = np.arange(len(labels))
    for place in range(k):
        # Below 1 / 2k each: they decide between equals and never outvote anybody.
        likeness = found.similarity[:, place] / (2 * k + 1)
        votes[photo, own[found.rows[:, place]]] += 1 + likeness
    hits = votes.argmax(axis=1) == own
    correct, count = int(hits.sum()), len(labels)
    low, high = wilson(correct, count)
    sizes = np.bincount(own)
    by_class = np.bincount(own, weights=hits) / sizes
    return Separability(
        k,
        count,
        correct,
        round(correct / count, 4),
        round(low, 4),
        round(high, 4),
        round(float(sizes.max()) / count, 4),
        {str(name): round(float(share), 4) for name, share in zip(classes, by_class, strict=True)},
    )


def _why_not(photos: int, classes: int, k: int) -> str:
    """Why neighbours can tell no class here."""
    if photos <= k:
        return (
            f"got {photos} {'photo' if photos == 1 else 'photos'}, expected at least {k + 1}, so "
            f"that each has {k} others to be told by, fix: add photos"
        )
    if classes < 2:
        return "got one class, expected at least two to tell apart, fix: add photos of another"
    return ""
