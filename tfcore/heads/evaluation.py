"""Figures of a trained head on the photos of one side."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from tfcore.datasets.records import Photo
from tfcore.evaluation import Collapsed, OfClass, Photos, Side
from tfcore.heads.calibration import calibration_error, log_loss, probabilities, reliability
from tfcore.intervals import wilson

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]

CAT_BREEDS = {
    *("Abyssinian", "Bengal", "Birman", "Bombay", "British_Shorthair", "Egyptian_Mau"),
    *("Maine_Coon", "Persian", "Ragdoll", "Russian_Blue", "Siamese", "Sphynx"),
}
"""The breeds of the Oxford-IIIT Pet set (Parkhi et al., 2012) that begin with a capital: cats."""
_TOP = 3


def evaluated(
    logits: Floats,
    labels: Labels,
    photos: Sequence[Photo],
    classes: Sequence[str],
    temperature: float,
) -> Side:
    """Measure what a head said.

    Args:
        logits: ``(n, classes)``, before temperature scaling.
        labels: Number of each photo's class.
        photos: Those photos.
        classes: Their names.
        temperature: What the logits are divided by.

    Example:
        >>> evaluated(logits, labels, photos, ("cat", "dog"), 1.3).accuracy     # doctest: +SKIP
        0.975
    """
    wide = logits.astype(np.float64)
    chances = probabilities(wide / temperature)
    ranked = np.argsort(-chances, axis=1, kind="stable")
    guess, numbers = ranked[:, 0], list(range(len(classes)))
    right = guess == labels
    confidence = chances.max(axis=1).astype(np.float32)
    before = probabilities(wide).max(axis=1).astype(np.float32)
    confusion = confusion_matrix(labels, guess, labels=numbers)
    with warnings.catch_warnings():
        # A class that was never guessed has precision 0 here.
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        precision, recall, f1, count = precision_recall_fscore_support(
            labels, guess, labels=numbers, zero_division=0.0
        )
    here = count > 0
    low, high = wilson(int(right.sum()), len(labels))
    return Side(
        n=len(labels),
        accuracy=_rounded(right.mean()),
        ci_low=_rounded(low),
        ci_high=_rounded(high),
        balanced_accuracy=_rounded(recall[here].mean()),
        top3=_rounded((ranked[:, :_TOP] == labels[:, None]).any(axis=1).mean()),
        macro_f1=_rounded(f1[here].mean()),
        log_loss=_rounded(log_loss(wide / temperature, labels)),
        ece=calibration_error(confidence, right),
        ece_before=calibration_error(before, right),
        reliability=tuple(reliability(confidence, right)),
        reliability_before=tuple(reliability(before, right)),
        per_class=tuple(
            OfClass(
                name=name,
                n=int(count[i]),
                precision=_rounded(precision[i]),
                recall=_rounded(recall[i]),
                f1=_rounded(f1[i]),
            )
            for i, name in enumerate(classes)
        ),
        confusion=_table(confusion),
        photos=Photos(
            digest=tuple(photo.digest for photo in photos),
            file=tuple(photo.file for photo in photos),
            truth=tuple(labels.tolist()),
            guess=tuple(guess.tolist()),
            confidence=tuple(_rounded(value) for value in confidence),
            second=tuple(ranked[:, 1].tolist()),
        ),
        collapsed=_collapsed(confusion, classes),
    )


def _collapsed(confusion: npt.NDArray[np.int64], classes: Sequence[str]) -> Collapsed | None:
    """Cat and dog, told by the capital letter that the Oxford set gives its cats."""
    is_cat = np.array([name[:1].isupper() for name in classes])
    cats = {name for name, cat in zip(classes, is_cat, strict=True) if cat}
    if not cats or is_cat.all() or not cats <= CAT_BREEDS:
        return None
    sides = (is_cat, ~is_cat)
    table = [[int(confusion[np.ix_(row, column)].sum()) for column in sides] for row in sides]
    hits, count = table[0][0] + table[1][1], int(confusion.sum())
    low, high = wilson(hits, count)
    return Collapsed(
        accuracy=_rounded(hits / count),
        ci_low=_rounded(low),
        ci_high=_rounded(high),
        confusion=tuple(map(tuple, table)),
    )


def _table(counts: npt.NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in counts.tolist())


def _rounded(value: float) -> float:
    return round(float(value), 4)
