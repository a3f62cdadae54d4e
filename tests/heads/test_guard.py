"""The guard alone: what it calls better and worse, and when it gives up."""

import math

import pytest

from tfcore.heads.guard import LOWERED, MOST_ROLLBACKS, Guard


def guard(**changes):
    made = Guard(**({"photos": 100, "patience": 0, "is_on": True} | changes))
    made.look(0, 0.8, 0.9, 0.8)
    return made


@pytest.mark.parametrize(
    ("loss", "accuracy", "score", "view"),
    [
        (0.79, 0.9, 0.79, "better"),
        (0.9, 0.93, 0.7, "better"),  # more often right; that it is too sure is mended at the end
        (0.9, 0.9, 0.81, "same"),
        (1.4132, 0.97, 0.7, "worse"),  # the lesson's accident, although more photos were right
        (0.8, 0.84, 0.7, "worse"),
        (math.inf, 0.9, math.inf, "worse"),
        (math.nan, 0.9, math.nan, "worse"),
    ],
)
def test_what_an_epoch_is_called(loss, accuracy, score, view):
    assert guard().look(1, loss, accuracy, score) == view


def test_one_photo_of_few_is_no_reason():
    assert guard(photos=10).look(1, 0.81, 0.8, 0.81) == "same"
    assert guard(photos=10).look(1, 0.81, 0.6, 0.81) == "worse"


def test_it_names_what_happened_and_lowers_the_rate():
    made = guard()
    made.look(3, 1.4132, 0.9, 1.4)
    assert made.roll_back(3, 27, 1.4132, 0.9).text == (
        "rolled back at epoch 3: validation loss 0.80 → 1.41"
    )
    assert made.factor == LOWERED
    lost = made.roll_back(4, 36, 0.8, 0.5)
    assert lost.text == "rolled back at epoch 4: validation accuracy 90.0% → 50.0%"
    assert "beyond all bounds" in made.roll_back(5, 45, math.inf, 0.0).text
    assert made.is_over
    assert len(made.rollbacks) == MOST_ROLLBACKS


def test_patience_counts_from_the_best_epoch():
    made = guard(patience=2)
    made.look(1, 0.81, 0.9, 0.81)
    assert not made.is_over
    made.look(2, 0.82, 0.9, 0.82)
    assert made.is_over
    made.look(3, 0.5, 0.9, 0.5)
    assert not made.is_over


def test_it_goes_on_from_its_numbers():
    made = guard(patience=3)
    made.look(1, 2.0, 0.9, 2.0)
    made.roll_back(1, 9, 2.0, 0.9)
    again = Guard(photos=100, patience=3, is_on=True)
    again.take(made.numbers())
    assert again == made
