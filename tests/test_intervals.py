"""Intervals of shares and of their differences, against known values."""

import pytest

from tfcore.intervals import newcombe, wilson


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
    ],
)
def test_known_intervals(hits, count, low, high):
    assert wilson(hits, count) == pytest.approx((low, high), abs=1e-4)


def test_of_nothing_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998), table II, method 10: 56/70 less 48/80, and 9/10 less 3/10.
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
    ],
)
def test_known_intervals_of_differences(first, second, low, high):
    shares = [(hits / count, *wilson(hits, count)) for hits, count in (first, second)]
    assert newcombe(*shares) == pytest.approx((low, high), abs=1e-4)
