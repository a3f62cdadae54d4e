"""How few photos are enough: more photos, more accuracy, several draws of each."""

import numpy as np
import pytest

from tests.heads import making
from tfcore import learning_curve
from tfcore.engine.titles import title
from tfcore.errors import UserError
from tfcore.heads.curve import CurveProcedure, sizes
from tfcore.intervals import student
from tfcore.parsing import parse
from tfcore.settings import CurveSettings

MATERIAL = making.material(apart=0.6)


def job(**changes: object) -> CurveProcedure:
    given = {"points": 3, "seeds": 3, "epochs": 20, "learning_rate": 0.05, **changes}
    return CurveProcedure(CurveSettings(extract=making.NOBODY, **given), MATERIAL)


def finished(one: CurveProcedure) -> learning_curve.LearningCurve:
    while one.step_number < one.steps:
        one.step()
    return learning_curve.from_bytes(one.result().files[learning_curve.FILE])


def test_more_photos_tell_more() -> None:
    one = job()
    figures = one.step()
    assert figures["photos"] == 3
    found = finished(one)
    first, *_, last = found.points
    assert last.mean > first.mean + 0.1
    assert (first.of_each, first.photos, len(first.accuracies)) == (1, 3, 3)
    assert last.photos == 180 - found.asked
    assert first.ci_low < first.mean < first.ci_high
    assert first.ci_high - first.ci_low > last.ci_high - last.ci_low
    assert 0.3 < found.chance < 0.5


def test_a_small_draw_is_part_of_the_larger_ones_and_no_photo_is_asked_and_taught() -> None:
    one = job()
    few, many = ({p.digest for p in one._drawn(size, 1)} for size in (2, 9))
    assert few < many
    assert few != {p.digest for p in one._drawn(2, 0)}
    asked = {tuple(row) for row in one._asked.values}
    pool = MATERIAL.samples(one._drawn(10_000, 0), MATERIAL.classes)
    assert not asked & {tuple(row) for row in pool.values}


def test_it_goes_on_where_it_stopped() -> None:
    whole, begun, resumed = job(), job(), job()
    for _ in range(4):
        begun.step()
    part = learning_curve.from_bytes(begun.result().files[learning_curve.FILE])
    assert [len(point.accuracies) for point in part.points] == [3, 1]
    assert part.points[1].ci_low is None
    resumed.restore(begun.state())
    assert finished(resumed) == finished(whole)


def test_sizes_grow_evenly_and_end_with_all() -> None:
    assert sizes(100, 3) == [1, 10, 100]
    assert sizes(2, 10) == [1, 2]


def test_settings_and_title() -> None:
    settings = parse({"kind": "curve", "extract": making.NOBODY, "hidden": "8"})
    assert title(settings) == "How few photos are enough · 8"
    assert settings.training(4).units == (8,)
    with pytest.raises(UserError, match="numbers of neurons"):
        parse({"kind": "curve", "extract": making.NOBODY, "hidden": "x"})
    with pytest.raises(UserError, match="a learning curve that cannot be read"):
        learning_curve.from_bytes(b"{}")


def test_students_interval_covers_what_it_says() -> None:
    draw = np.random.default_rng(0)
    hits = [low < 0 < high for low, high in (student(draw.standard_normal(4)) for _ in range(2000))]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.015)
