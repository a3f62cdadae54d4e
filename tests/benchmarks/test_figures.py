"""What the benchmarks make of what they measured."""

import importlib
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as asking
from benchmarks import extraction, peers
from benchmarks.__main__ import PARTS, Request, UnknownRequestError, requested
from benchmarks.classroom import out_of_turn, percentile
from benchmarks.op_times import kind_of_work


def test_a_number_belongs_to_the_benchmark_before_it() -> None:
    assert requested(["kills", "20", "step"]) == [Request("kills", (20,)), Request("step")]


def test_parts_belong_to_the_benchmark_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = requested(["fooling", "9", "transfer", "checks", "agreement", "pgd", "knn"])
    assert asked[0] == Request("fooling", (9,), ("transfer", "checks"))
    assert asked[1:] == [Request("agreement", (), ("pgd",)), Request("knn")]
    module = SimpleNamespace(measure=lambda photos=125, parts=("all",): {"got": (photos, parts)})
    monkeypatch.setattr(asking.importlib, "import_module", lambda _: module)
    assert asked[0].measure() == {"got": (9, ("transfer", "checks"))}
    assert asked[2].measure() == {"got": (125, ("all",))}


@pytest.mark.parametrize("name", PARTS)
def test_each_part_can_be_asked_for(name: str) -> None:
    assert tuple(importlib.import_module(f"benchmarks.{name}").PARTS) == PARTS[name]


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["3"],
        ["step", "3"],
        ["kills", "3", "4"],
        ["step", "pgd"],
        ["fooling", "equal"],
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_choices(words: list[str]) -> None:
    with pytest.raises(UnknownRequestError, match=r"expected .*classroom.*fix:"):
        requested(words)


def test_a_ratio_compares_medians_a_step() -> None:
    def twice(seconds: float) -> list[dict[str, float]]:
        return [{"seconds": s * seconds, "probability": 0.5} for s in (1, 1, 9)]

    answers = {key: twice(1.0) for key in peers.ROUND}
    answers["ours", "lesson-tv", peers.OUR_STEPS] = twice(peers.OUR_STEPS * 0.01)
    answers["tf-keras-vis", "lesson-tv", peers.PEER_STEPS] = twice(peers.PEER_STEPS * 0.1)
    answers["xplique", "fourier", peers.PICTURE_STEPS] = twice(6.0)
    answers["ours", "natural", peers.PICTURE_STEPS] = twice(2.0)
    found = peers.figures(answers)
    assert found["tf_keras_vis_same_work_ratio"] == 10.0
    assert found["xplique_ratio"] == 3.0
    assert found["xplique_ratio_without_tracing"] == 2.5


def test_a_peer_that_was_skipped_has_no_figures() -> None:
    answers = {key: [{"seconds": 1.0, "probability": 0.5}] for key in peers.ROUND}
    ours = {key: value for key, value in answers.items() if key[0] == "ours"}
    assert not [name for name in peers.figures(ours) if "keras_vis" in name or "xplique" in name]


@pytest.mark.parametrize(
    ("operation", "work"),
    [
        ("functional_1/stem_conv_1/convolution:_FusedConv2D", "network, forward"),
        ("gradient_tape/functional_1/stem_conv/x/Conv2DBackpropInput:Conv2D", "network, backward"),
        ("gradient_tape/ImageProjectiveTransformV3:ImageProjectiveTransformV3", "views"),
        ("stateless_random_normal/StatelessRandomNormalV2:Stateless", "random draws"),
        ("irfft2d:IRFFT2D", "Fourier transform"),
    ],
)
def test_operations_are_told_apart(operation: str, work: str) -> None:
    assert kind_of_work(operation, {"stem_conv"}) == work


def test_a_start_before_somebody_served_less_often_is_unfair() -> None:
    def started(owner: str, created: float, at: float) -> SimpleNamespace:
        return SimpleNamespace(owner=owner, created=created, started=at)

    a_again_before_b = [started("a", 1, 10), started("a", 2, 20), started("b", 3, 30)]
    assert out_of_turn(a_again_before_b) == 1
    in_turn = [started("a", 1, 10), started("b", 3, 20), started("a", 2, 30)]
    assert out_of_turn(in_turn) == 0
    b_had_all_it_wanted = [*in_turn, started("a", 4, 40)]
    assert out_of_turn(b_had_all_it_wanted) == 0
    b_came_later = [started("a", 1, 10), started("a", 2, 20), started("b", 25, 30)]
    assert out_of_turn(b_came_later) == 0


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([float(value) for value in range(1, 101)], 95) == 95.0
    assert percentile([0.2, 0.1], 95) == 0.2


def test_an_extraction_is_compared_round_by_round() -> None:
    rates = {"decoder": [20.0, 40.0, 20.0], "network": [20.0, 40.0, 20.0],
             "ours": [9.0, 16.0, 9.0], "lesson": [3.0, 4.0, 3.0]}  # fmt: skip
    twice = {way: [2 * rate for rate in found] for way, found in rates.items()}
    found = extraction.figures(rates, {**twice, "ours": rates["ours"]})
    assert found["of_what_can_be_reached_in_rounds"] == [0.9, 0.8, 0.9]
    assert (found["of_what_can_be_reached"], found["times_the_lesson"]) == (0.9, 3.0)
    assert (found["ours_photos_s"], found["cpu_of_what_can_be_reached"]) == (9.0, 0.45)
