"""bfloat16 is measured with a data set's photos, and refused where it gains too little."""

import numpy as np
import pytest

from tests.features import making
from tests.features.conftest import LAYER
from tfcore.backbones.rough import in_bfloat16
from tfcore.errors import UserError
from tfcore.features import precision
from tfcore.features.precision import Probe, check, probe
from tfcore.features.program import Program

PHOTOS = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), np.uint8)


@pytest.fixture(scope="module")
def both(tiny):
    return tuple(Program(one, LAYER, "mean") for one in (tiny, in_bfloat16(tiny)))


@pytest.mark.parametrize(
    ("speed_up", "similarity", "is_worth_it"),
    [(1.2, 0.999, True), (1.19, 1.0, False), (3.0, 0.9989, False)],
)
def test_it_is_taken_only_where_it_gains_and_agrees(speed_up, similarity, is_worth_it):
    found = Probe(speed_up, similarity)
    assert found.is_worth_it is is_worth_it
    if is_worth_it:
        found.check()
    else:
        with pytest.raises(UserError, match=rf"bfloat16 at {speed_up:.2f} times .* float32"):
            found.check()


def test_the_two_are_timed_in_turn_and_told_by_the_median(monkeypatch):
    calls, seconds = [], iter([4, 2, 3, 1, 50, 1])
    monkeypatch.setattr(
        precision, "_seconds", lambda one, photos: next(seconds) if len(one(photos)) else 0
    )
    programs = [
        lambda photos, name=name: calls.append(name) or np.ones((len(photos), 2), np.float32)
        for name in ("exact", "rough")
    ]
    found = probe(*programs, PHOTOS, rounds=3)
    assert calls == ["exact", "rough"] * 4
    assert found == Probe(3.0, pytest.approx(1.0))


def test_features_hardly_differ(both):
    found = probe(*both, PHOTOS, rounds=1)
    assert found.speed_up > 0
    assert 0.999 < found.similarity < 1.0, "a twin that is not rough would agree to the last digit"


def test_photos_of_the_data_set_decide(both, tmp_path, monkeypatch):
    photos = making.photos(tmp_path / "a", 3)
    seen = []
    monkeypatch.setattr(
        precision, "probe", lambda *args: seen.append(args[2].shape) or Probe(2.0, 1.0)
    )
    (tmp_path / "a" / "0001.jpg").unlink()
    assert check(*both, photos) == Probe(2.0, 1.0)
    assert seen == [(2, 16, 16, 3)]
    for path in (tmp_path / "a").iterdir():
        path.unlink()
    assert check(*both, photos) is None
    assert len(seen) == 1


def test_too_little_is_refused_before_anything_is_computed(both, tmp_path, monkeypatch):
    monkeypatch.setattr(precision, "probe", lambda *args: Probe(1.1, 1.0))
    with pytest.raises(UserError, match=r"at least 1\.2 times"):
        check(*both, making.photos(tmp_path / "a", 1))


def test_cosines_tell_directions_apart():
    left = np.array([[1, 0], [1, 0], [0, 0], [0, 0]], np.float32)
    right = np.array([[2, 0], [0, 3], [0, 0], [1, 0]], np.float32)
    assert precision._cosines(left, right).tolist() == [1.0, 0.0, 1.0, 0.0]


def test_nothing_to_measure_is_refused(both):
    with pytest.raises(UserError, match="at least 1"):
        probe(*both, PHOTOS[:0])
