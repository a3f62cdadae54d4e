"""Wilson's interval, against known values."""

import pytest

from tfcore.intervals import wilson


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
