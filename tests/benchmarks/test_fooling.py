"""Shares, intervals and ratios of the attacks' benchmarks."""

import numpy as np
import pytest

from benchmarks import attackers, fooling
from benchmarks.wilson import share


def test_a_share_carries_its_interval():
    found = share([True] * 48 + [False] * 2)
    assert found["hits"] == 48
    assert found["wilson95"] == [0.865, 0.989]
    assert share([True] * 5)["wilson95"][1] == 1.0


def outcomes(both=0, first=0, second=0, neither=0):
    """Two attacks on the same photos."""
    one = [True] * (both + first) + [False] * (second + neither)
    other = [True] * both + [False] * first + [True] * second + [False] * neither
    return np.array(one), np.array(other)


def test_differences_are_judged_on_the_same_photos():
    found = fooling.paired(*outcomes(both=50, first=10, second=2, neither=38))
    assert found["difference"] == 0.08
    low, high = found["paired95"]
    assert low == pytest.approx(0.08 - 1.96 * np.sqrt(12 - 0.64) / 100, abs=1e-3)
    assert high == pytest.approx(0.08 + 1.96 * np.sqrt(12 - 0.64) / 100, abs=1e-3)


@pytest.mark.parametrize(
    ("given", "is_fine"),
    [
        ({"both": 100}, True),
        ({"both": 60, "first": 20, "neither": 20}, True),
        ({"both": 60, "first": 4, "second": 6, "neither": 30}, True),
        ({"both": 60, "second": 20, "neither": 20}, False),
    ],
)
def test_only_an_interval_below_zero_says_weaker(given, is_fine):
    assert fooling.paired(*outcomes(**given))["not_weaker"] is is_fine


def test_ratios_are_medians_of_rounds_and_above_one_when_ours_is_faster():
    seconds = {
        "ours": [1.0, 2.0, 1.0],
        "foolbox": [8.0, 20.0, 9.0],
        "batch": [16.0, 32.0, 24.0],
    }
    found = attackers.figures(seconds)
    assert found["foolbox_ratio"] == 9.0
    assert found["foolbox_ratio_of_rounds"] == [8.0, 10.0, 9.0]
    assert "art_ratio" not in found
    assert found["batch_of_32_per_photo"] == 0.5
