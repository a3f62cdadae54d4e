"""Two data sets beside each other: by how much it drops, and in which words."""

import pytest

from pages.components import beside
from pages.components.accuracies import Row, Share

PETS = Share(0.80, 0.76, 0.84, 400, 0.10)
SCANS = Share(0.62, 0.52, 0.71, 100, 0.60)


def said(first, second):
    row = Row("", "Lite0", [first, second], beside.change(first, second))
    return beside.verdict(row, "pets", "scans")


def test_the_change_goes_from_the_first_to_the_second_and_its_interval_holds_it():
    fall = beside.change(PETS, SCANS)
    assert fall.value == pytest.approx(-0.18)
    assert fall.low < fall.value < fall.high < 0
    rise = beside.change(SCANS, PETS)
    assert (rise.low, rise.high) == pytest.approx((-fall.high, -fall.low))
    assert beside.change(PETS, None) is None


def test_the_words_follow_the_change():
    assert "falls by 18 points from pets to scans" in said(PETS, SCANS)
    assert "rises by 18 points from pets to scans" in said(SCANS, PETS)
    near = Share(0.82, 0.78, 0.86, 400, 0.10)
    assert "sees scans about as well as pets" in said(PETS, near)


def test_guessing_is_taken_into_account():
    assert beside.beyond(Share(0.5, 0.4, 0.6, 10, 0.5)) == 0
    assert beside.beyond(Share(1.0, 0.9, 1.0, 10, 0.5)) == 1
    # 80 % where guessing reaches 10 % is far; 62 % where it reaches 60 % is next to nothing.
    assert "78 % in pets and 5 % in scans" in said(PETS, SCANS)
