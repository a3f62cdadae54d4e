"""How sure a head may be: temperature scaling, and how far confidence and accuracy are apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Wide = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int32]

COLDEST, HOTTEST = 0.2, 20.0
"""Temperatures beyond these are not believed: a few photos that are all right would ask for 0."""
FEWEST = 10
"""Photos that are needed to tell a temperature."""
BINS = 15
_ROUNDS, _TRIED = 5, 33


def temperature(logits: Floats, labels: Labels) -> float:
    """The temperature with which probabilities come closest to what happened.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017: one number divides all
    logits, so that guesses stay what they are. That n photos were all right does not make the next
    one certain: as in Platt, "Probabilistic Outputs for Support Vector Machines", 1999, the truth
    counts as ``(n + 1) / (n + 2)``.

    Args:
        logits: ``(n, classes)`` of photos that were not learned from.
        labels: Their classes.

    Returns:
        0.2 to 20; 1 where there are too few photos to tell.

    Example:
        >>> temperature(np.zeros((2, 2), np.float32), np.zeros(2, np.int32))
        1.0
    """
    if len(labels) < FEWEST:
        return 1.0
    wide = logits.astype(np.float64)
    low, high = float(np.log(COLDEST)), float(np.log(HOTTEST))
    for _ in range(_ROUNDS):
        # The loss has one valley: it lies between the neighbours of the lowest point.
        tried = np.linspace(low, high, _TRIED)
        losses = [_softened(wide / np.exp(one), labels) for one in tried]
        lowest = int(np.argmin(losses))
        low, high = tried[max(lowest - 1, 0)], tried[min(lowest + 1, _TRIED - 1)]
    # Rounded, so that a last bit that differs between machines makes no other head.
    return round(float(np.exp((low + high) / 2)), 4)


def _softened(logits: Wide, labels: Labels) -> float:
    """Mean cross-entropy with what would be the truth if it were not quite certain."""
    said, count = _log_probabilities(logits), len(labels)
    own = said[np.arange(count), labels]
    doubt = 1.0 / (count + 2)
    others = (said.sum(axis=1) - own) / (logits.shape[1] - 1)
    return float(-((1.0 - doubt) * own + doubt * others).mean())


def probabilities(logits: Floats | Wide) -> Wide:
    """What the scores mean, ``(n, classes)``; each row adds up to 1.

    Example:
        >>> probabilities(np.zeros((1, 2), np.float32)).tolist()
        [[0.5, 0.5]]
    """
    return np.exp(_log_probabilities(logits))


def log_loss(logits: Floats | Wide, labels: Labels) -> float:
    """Mean cross-entropy in nats."""
    said = _log_probabilities(logits)
    return float(-said[np.arange(len(labels)), labels].mean())


def _log_probabilities(logits: Floats | Wide) -> Wide:
    wide = logits.astype(np.float64)
    wide = wide - wide.max(axis=1, keepdims=True)
    found: Wide = wide - np.log(np.exp(wide).sum(axis=1, keepdims=True))
    return found


def reliability(confidence: Floats, right: npt.NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """Mean confidence, accuracy and number of photos, by confidence in bins of the same width.

    Example:
        >>> reliability(np.array([0.5, 0.9], np.float32), np.array([False, True]))
        [(0.5, 0.0, 1), (0.9, 1.0, 1)]
    """
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    found = []
    for number in np.unique(bins):
        inside = bins == number
        mean = float(confidence[inside].mean(dtype=np.float64))
        found.append((round(mean, 4), round(float(right[inside].mean()), 4), int(inside.sum())))
    return found


def calibration_error(confidence: Floats, right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error: the mean gap between confidence and accuracy over the bins.

    Example:
        >>> calibration_error(np.array([0.5, 0.5], np.float32), np.array([False, True]))
        0.0
    """
    gaps = [abs(mean - share) * count for mean, share, count in reliability(confidence, right)]
    return round(sum(gaps) / len(right), 4)
