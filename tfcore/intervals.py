"""How much a share that was counted is worth: the interval around it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev

_Z = 1.959964  # 95 % of a normal distribution lie within so many deviations


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson (1927), which holds for few and for extreme ones.

    "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22.

    Args:
        hits: How often it happened, 0 to ``count``.
        count: How often it could have; with 0 nothing is known.

    Returns:
        The lower and the upper end, from 0 to 1.

    Example:
        >>> [round(end, 3) for end in wilson(8, 10)]
        [0.49, 0.943]
    """
    if count == 0:
        return 0.0, 1.0
    share = hits / count
    scale = 1 + _Z**2 / count
    middle = (share + _Z**2 / (2 * count)) / scale
    reach = _Z / scale * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def newcombe(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares, counted on different photos.

    Newcombe (1998), "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Statistics in Medicine 17: his tenth, made of Wilson's intervals.

    Args:
        first: A share and the ends of its interval.
        second: Another.

    Returns:
        Lower and upper end of the second less the first, -1 to 1.

    Example:
        >>> low, high = newcombe((0.5, 0.4, 0.6), (0.7, 0.6, 0.78))
        >>> low < 0.2 < high, low > 0
        (True, True)
    """
    (one, one_low, one_high), (other, other_low, other_high) = first, second
    difference = other - one
    down = math.hypot(other - other_low, one_high - one)
    up = math.hypot(other_high - other, one - one_low)
    return difference - down, difference + up


_STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
)  # 95 % of Student's t with 1, 2, 3 ... degrees of freedom lie within so much


def student(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean of a few measurements (Student, 1908).

    "The probable error of a mean", Biometrika 6. It holds where they scatter about evenly around
    their mean.

    Args:
        values: At least two.

    Returns:
        Lower and upper end.

    Example:
        >>> [round(end, 3) for end in student([1.0, 2.0, 3.0])]
        [-0.484, 4.484]
    """
    count = len(values)
    reach = _STUDENT[min(count - 2, len(_STUDENT) - 1)] * stdev(values) / math.sqrt(count)
    return fmean(values) - reach, fmean(values) + reach


def paired(gained: int, lost: int, count: int) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares, counted on the same photos.

    Agresti and Min (2005), "Simple improved confidence intervals for comparing matched
    proportions", Statistics in Medicine 24: Wald's interval after half a photo more of each kind.

    Args:
        gained: Photos that only the second got right.
        lost: Photos that only the first got right.
        count: All photos.

    Returns:
        Lower and upper end of the second share less the first, -1 to 1.

    Example:
        >>> low, high = paired(9, 1, 100)
        >>> 0 < low < 0.08 < high
        True
    """
    n = count + 2
    difference = (gained - lost) / n
    reach = _Z / n * math.sqrt(gained + lost + 1 - (gained - lost) ** 2 / n)
    return max(-1.0, difference - reach), min(1.0, difference + reach)
