"""bfloat16 is measured, offered on two conditions, and never left switched on."""

import numpy as np
import pytest
import tensorflow as tf

from tests.features.conftest import LAYER
from tfcore.errors import UserError
from tfcore.features import precision
from tfcore.features.precision import Probe, probe

PHOTOS = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), np.uint8)


def switch():
    options = tf.config.optimizer.get_experimental_options()
    return bool(options.get("auto_mixed_precision_onednn_bfloat16", False))


@pytest.mark.parametrize(
    ("speed_up", "similarity", "is_offered"),
    [(1.2, 0.999, True), (1.19, 1.0, False), (3.0, 0.9989, False)],
)
def test_it_is_offered_only_where_it_gains_and_agrees(speed_up, similarity, is_offered):
    assert Probe(speed_up, similarity).is_offered is is_offered


def test_the_probe_measures_with_the_switch_on_and_puts_it_back(tiny, monkeypatch):
    states, seconds = [], precision._seconds
    monkeypatch.setattr(
        precision, "_seconds", lambda *args: states.append(switch()) or seconds(*args)
    )
    found = probe(tiny, PHOTOS, LAYER, "mean", rounds=2)
    assert states == [False, True, False, True]
    assert not switch()
    assert found.speed_up > 0
    assert 0.99 < found.similarity <= 1.0 + 1e-9


def test_cosines_tell_directions_apart():
    left = np.array([[1, 0], [1, 0], [0, 0], [0, 0]], np.float32)
    right = np.array([[2, 0], [0, 3], [0, 0], [1, 0]], np.float32)
    assert precision._cosines(left, right).tolist() == [1.0, 0.0, 1.0, 0.0]


def test_nothing_to_measure_is_refused(tiny):
    with pytest.raises(UserError, match="at least 1"):
        probe(tiny, PHOTOS[:0])
