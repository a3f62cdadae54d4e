"""What is made of the attacks of several sides on the same photos."""

import numpy as np
import pytest

from benchmarks import agreement, attackers
from benchmarks.agreement import ON_GRID, OURS, Judge, Outcome
from benchmarks.peers.attacking import Order

EVEN = np.array([1.0, 2.0, 3.0, 4.0])


def outcome(hits, sizes=EVEN, hits_8_bit=None):
    rounded = hits if hits_8_bit is None else hits_8_bit
    return Outcome(np.array(hits), np.array(rounded), np.array(sizes), np.array(sizes))


def test_points_count_photos_on_which_only_one_side_succeeds():
    found = agreement.successes(
        {
            OURS: outcome([True, True, True, False], hits_8_bit=[False, False, True, False]),
            "foolbox": outcome([True, True, False, False]),
            "art": outcome([True, True, True, True]),
        }
    )
    assert found["points_ahead_of"]["foolbox"] == {"float": 25.0, "8_bit": -25.0}
    assert found["points_ahead_of"]["art"] == {"float": -25.0, "8_bit": -75.0}
    assert found["art"]["float"]["share"] == 1.0


def test_changes_are_compared_with_the_better_peer_where_all_succeed():
    found = agreement.smallest(
        {
            OURS: outcome([True, True, True, True], 1.5 * EVEN),
            "foolbox": outcome([True, True, True, False], 2 * EVEN),
            "art": outcome([True, True, True, True], EVEN),
            ON_GRID: outcome([True, False, False, True], 9 * EVEN),
        }
    )
    assert found["where_all_succeed"] == 3
    assert found["median_l2"] == {OURS: 3.0, "foolbox": 4.0, "art": 2.0}
    assert found["ratio_to_the_better_peer"] == 1.5
    assert found["median_l2_on_grid"] == {"where": 1, ON_GRID: 9.0}


def test_without_a_common_success_or_a_peer_there_is_no_ratio():
    apart = {OURS: outcome([True, False] * 2), "art": outcome([False, True] * 2)}
    assert agreement.smallest(apart) == {"where_all_succeed": 0}
    assert "ratio_to_the_better_peer" not in agreement.smallest({OURS: outcome([True] * 4)})


class Brightness:
    """Class 1 for bright pictures, class 0 for the others."""

    def logits(self, pictures):
        return np.array([[0.503, 1.0]]) * [[1.0, float(np.mean(pictures))]]


@pytest.mark.parametrize("targeted", [True, False])
def test_the_judge_sees_pictures_as_made_and_rounded(monkeypatch, targeted):
    monkeypatch.setattr(agreement.tf, "function", lambda see: see)
    photos = np.full((2, 2, 2, 3), 0.4, np.float32)
    order = Order(photos, np.array([0, 0]), np.array([1, 1]))
    lost = np.full((2, 2, 3), 0.5035, np.float32)  # 128.4 of 255: bright, until it is rounded
    found = Judge(Brightness(), order, targeted=targeted).outcome(np.stack([lost, photos[0]]))
    assert found.hits.tolist() == [True, False]
    assert found.hits_8_bit.tolist() == [False, False]
    assert found.sizes == pytest.approx([np.sqrt(12) * 0.1035, 0.0], abs=1e-6)
    assert found.sizes_8_bit[0] == pytest.approx(np.sqrt(12) * (128 / 255 - 0.4), abs=1e-6)


def test_an_order_is_the_same_for_everybody_and_keeps_its_rows_together(tmp_path):
    photos = np.arange(3 * 12, dtype=np.float32).reshape(3, 2, 2, 3)
    Order(photos, np.array([1, 2, 3]), np.array([4, 5, 6]), epsilon=0.25).save(tmp_path)
    found = Order.load(tmp_path).only([2, 0, 0])
    np.testing.assert_array_equal(found.photos, photos[[2, 0, 0]])
    assert (found.truth.tolist(), found.wanted.tolist()) == ([3, 1, 1], [6, 4, 4])
    assert isinstance(found.epsilon, float)
    assert (found.epsilon, found.rounds) == (0.25, 6)


def test_values_are_equal_up_to_a_hundred_thousandth():
    one = np.zeros((1, 1, 2, 2))
    other = np.array([0.0, 9e-6, 2e-5, -2e-5]).reshape(one.shape)
    assert attackers.share_near(one, other) == 0.5
