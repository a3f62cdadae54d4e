"""The parts of a report: what they hand to the browser, and what they say."""

import json

import pytest
import streamlit as st

from pages.components import calibration, chart, confusion, confusions, figures, onward
from pages.components.chart import Axis, Line, Point
from tests.evaluation_making import evaluation, two


class Recorder:
    """Stands for a mounted part and keeps what it was handed."""

    def __init__(self):
        self.data = {}

    def __call__(self, *, key, data, **callbacks):
        self.data = json.loads(json.dumps(data, allow_nan=False))
        return {}


def side(**options):
    return evaluation(**options).sides["validation"]


def test_the_table_is_handed_over_with_readable_names(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(confusion, "_part", recorder)
    confusion.show("table", ["Russian_Blue", "pug"], [[3, 1], [0, 2]], "pets", pick=(0, 1))
    assert recorder.data["names"] == ["Russian Blue", "pug"]
    assert recorder.data["counts"] == [[3, 1], [0, 2]]
    assert recorder.data["pick"] == [0, 1]


@pytest.mark.parametrize(
    ("said", "heard"), [([1, 2], (1, 2)), (None, None), ([1], None), (["a", 1], None)]
)
def test_only_a_cell_is_taken(monkeypatch, said, heard):
    monkeypatch.setattr(st, "session_state", {"table": {"pick": said}})
    assert confusion.picked("table") == heard


def test_a_chart_hands_over_points_that_have_no_interval_too(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(chart, "_part", recorder)
    line = Line("pets", [Point(10, 0.5), Point(20, 0.6, 0.5, 0.7)])
    chart.show("few", [line], Axis("photos", 1, 100, is_log=True), Axis("right", 0, 1), "Pets")
    first, second = recorder.data["lines"][0]["points"]
    assert (first["low"], second["low"]) == (None, 0.5)


def test_of_many_classes_those_without_a_photo_are_left_out():
    many = [[0] * 14 for _ in range(14)]
    many[2][2], many[3][9] = 5, 1
    assert confusions.drawn(many) == [2, 3, 9]
    assert confusions.drawn([[1, 0, 0], [0, 0, 0], [0, 0, 0]]) == [0, 1, 2]


def test_mix_ups_are_told_the_commonest_first():
    counts = [[7, 3, 0], [0, 10, 0], [1, 0, 9]]
    said = confusions.mixed_up(["Russian Blue", "pug", "boxer"], counts)
    assert said == (
        "Most often mixed up: Russian Blue taken for pug (3 of 10), boxer taken for Russian Blue "
        "(1 of 10)."
    )
    assert confusions.mixed_up(["a", "b"], [[1, 0], [0, 1]]) == ""


def test_thin_bins_are_taken_together_and_no_photo_is_lost():
    bins = [(0.2, 1.0, 1), (0.4, 0.0, 3), (0.6, 0.5, 10), (0.9, 1.0, 2)]
    merged = calibration.merged(bins, 4)
    assert [count for *_, count in merged] == [4, 12]
    assert merged[0][:2] == pytest.approx((0.35, 0.25))
    assert merged[1][1] == pytest.approx(7 / 12)


def test_whether_it_is_too_sure_is_said_by_the_side_it_errs_to():
    plain = side()
    bins = ((0.95, plain.accuracy, plain.n),)
    sure = plain.model_copy(update={"reliability": bins})
    assert "too sure of itself" in calibration.verdict(sure)
    modest = plain.model_copy(update={"reliability": ((0.5, plain.accuracy, plain.n),)})
    assert "more modest than it need be" in calibration.verdict(modest)
    right = plain.model_copy(update={"reliability": ((plain.accuracy, 0.9, plain.n),)})
    assert "about as often as it says" in calibration.verdict(right)
    assert "cooled: divided by 1.40" in calibration.temperature(1.4, plain)
    assert "warmed" in calibration.temperature(0.7, plain)


def test_three_guesses_are_counted_only_of_more_than_three_classes():
    assert "Among its first three" not in figures.figures(side(names=("a", "b")))
    assert "Among its first three" in figures.figures(side(names=("a", "b", "c", "d")))


def test_breeds_are_told_as_animals_too():
    both = side(collapsed=two(((18, 2), (0, 20))))
    assert "**95.0** of 100 photos for the right animal" in figures.collapsed(both)
    assert figures.collapsed(side()) == ""


def test_a_network_that_is_gone_offers_no_way_on(tmp_path, monkeypatch):
    from tests.pages.components.records import run_of

    monkeypatch.setenv("TRANSFERLAB_DATA", str(tmp_path))
    drawn = []
    monkeypatch.setattr(st, "container", lambda **_: drawn.append(1))
    onward.show(run_of({}, id="0123456789ab"))
    assert not drawn
