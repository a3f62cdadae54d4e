import dataclasses

import numpy as np
import pytest

from tests.synthesis.conftest import LAYER, SIZE
from tfcore.synthesis import programs
from tfcore.synthesis.objectives import Activation, Combined, CrossEntropy, Logit
from tfcore.synthesis.program import KNOBS, Plan, Program, Seat

WEIGHTS = {"loss_weight": 2.0, "tv_weight": 0.003, "l2_weight": 0.7, "learning_rate": 1.0}
WITH_NOISE_IN_STEP_1 = 6  # a seed; about half of the steps have none
CALM = {**dict.fromkeys(KNOBS, 0.0), **WEIGHTS}


def plan(**changes):
    made = Plan(
        ("tiny",), SIZE, "raw", CrossEntropy(), "gradient-descent", moves=False, grainy=False
    )
    return dataclasses.replace(made, **changes)


def start(program, seed=0):
    one = [program.parametrization.initial("noise", seed + i, None) for i in range(9)]
    return np.concatenate(one[: program.plan.batch])


def sit(program, value=None, knobs=CALM, targets=None, seed=0):
    value = start(program) if value is None else value
    batch, width = program.plan.batch, program.plan.objective.width(program.backbone)
    weights = np.eye(width, dtype=np.float32)[targets or [3] * batch]
    return Seat(program.fresh(value, [knobs] * batch, weights, seed))


@pytest.mark.parametrize("parametrization", ["raw", "fourier"])
@pytest.mark.parametrize("objective", [CrossEntropy(), Logit(), Combined(), Activation(LAYER)])
def test_a_step_goes_down_the_gradient_of_the_reported_total(
    tiny_backbone, parametrization, objective
):
    program = Program(plan(parametrization=parametrization, objective=objective), [tiny_backbone])
    value = start(program)
    seat = sit(program, value)
    with program.seated(seat):
        program.step()
        gradient = value - program.read()["value"]

    def total(moved):
        with program.seated(sit(program, moved)):
            return float(program.step()[0, 0])

    direction = gradient / np.linalg.norm(gradient)
    width = 0.02
    slope = (total(value + width * direction) - total(value - width * direction)) / (2 * width)
    assert slope == pytest.approx(np.linalg.norm(gradient), rel=0.03)


def test_the_total_is_the_sum_of_the_weighted_terms(tiny_backbone):
    program = Program(plan(), [tiny_backbone])
    assert program.metrics == ("total", "cross_entropy", "variation", "l2", "probability")
    value = start(program)
    with program.seated(sit(program, value)):
        row = dict(zip(program.metrics, program.step()[0].tolist(), strict=True))
    differences = sum(np.abs(np.diff(value[0], axis=axis)).sum() for axis in (0, 1))
    assert row["variation"] == pytest.approx(0.003 * differences, rel=1e-4)
    assert row["l2"] == pytest.approx(0.7 * np.mean(value**2), rel=1e-4)
    assert row["cross_entropy"] == pytest.approx(-2 * np.log(row["probability"]), rel=1e-4)
    parts = row["cross_entropy"] + row["variation"] + row["l2"]
    assert row["total"] == pytest.approx(parts, rel=1e-5)


def test_images_of_a_batch_grow_as_each_would_alone(tiny_backbone):
    pair = Program(plan(batch=2), [tiny_backbone])
    alone = Program(plan(), [tiny_backbone])
    both = start(pair)
    with pair.seated(sit(pair, both, targets=[3, 9])):
        rows = [pair.step() for _ in range(3)]
        images = pair.image()
    for i, target in enumerate([3, 9]):
        with alone.seated(sit(alone, both[i : i + 1], targets=[target])):
            single = [alone.step()[0] for _ in range(3)]
            np.testing.assert_allclose(alone.image()[0], images[i], atol=1e-5)
        np.testing.assert_allclose([row[i] for row in rows], single, rtol=1e-3, atol=1e-5)


def test_nothing_a_person_changes_traces_again(tiny_backbone):
    program = Program(plan(moves=True, grainy=True), [tiny_backbone])
    for seed in range(3):
        with program.seated(sit(program, targets=[seed], seed=seed)):
            for knob in KNOBS:
                program.set_knob(knob, 0.1 + seed)
                program.step()
    assert program.traces == 1


def test_each_knob_acts_from_the_next_step_on(tiny_backbone):
    program = Program(plan(moves=True, grainy=True), [tiny_backbone])
    calm = {**CALM, "scale": 0.1, "rotation": 5.0, "jitter": 1.0, "noise": 0.01}

    def after(knob=None):
        with program.seated(sit(program, knobs=calm, seed=WITH_NOISE_IN_STEP_1)):
            program.step()
            if knob:
                program.set_knob(knob, 2 * calm[knob])
            program.step()
            return program.image()

    assert np.array_equal(after(), after())
    for knob in KNOBS:
        assert not np.array_equal(after(), after(knob)), knob


def test_runs_of_one_program_do_not_touch_each_other(tiny_backbone):
    program = Program(plan(optimizer="adam"), [tiny_backbone])

    def alone(seed):
        with program.seated(sit(program, start(program, seed), seed=seed)):
            for _ in range(4):
                program.step()
            return program.read()

    wanted = [alone(0), alone(20)]
    seats = [sit(program, start(program, seed), seed=seed) for seed in (0, 20)]
    for _ in range(4):
        for seat in seats:
            with program.seated(seat):
                program.step()
    for seat, arrays in zip(seats, wanted, strict=True):
        with program.seated(seat):
            for name, array in program.read().items():
                assert np.array_equal(array, arrays[name]), name


@pytest.mark.parametrize("poison", [np.nan, np.inf, 3e38])
def test_a_step_that_leaves_no_numbers_reports_no_total(tiny_backbone, poison):
    program = Program(plan(), [tiny_backbone])
    with program.seated(sit(program)):
        assert np.isfinite(program.step()).all()
        program.set_knob("learning_rate", poison)
        program.set_knob("tv_weight", 100.0)
        assert np.isnan(program.step()[0, 0])


def test_pixels_stay_in_range_however_far_a_step_goes(tiny_backbone):
    program = Program(plan(parametrization="pixels"), [tiny_backbone])
    with program.seated(sit(program, knobs={**CALM, "learning_rate": 1e6})):
        program.step()
        image = program.image()
    assert (image.min(), image.max()) == (0, 1)


@pytest.mark.parametrize("optimizer", ["gradient-descent", "momentum", "adam"])
def test_optimizers_move_as_their_formulas_say(tiny_backbone, optimizer):
    program = Program(plan(optimizer=optimizer), [tiny_backbone])
    plain = Program(plan(), [tiny_backbone])
    value = start(program)
    with plain.seated(sit(plain, value)):
        plain.step()
        gradient = value - plain.read()["value"]
    knobs = {**CALM, "learning_rate": 1e-3}
    with program.seated(sit(program, value, knobs)):
        program.step()
        first = program.read()["value"] - value
        program.step()
        second = program.read()["value"] - value - first
    if optimizer == "adam":
        # Kingma and Ba 2015: bias correction makes the first step the rate times the sign.
        clear = np.abs(gradient) > 1e-4
        np.testing.assert_allclose(first[clear], -1e-3 * np.sign(gradient)[clear], rtol=0.05)
        return
    np.testing.assert_allclose(first, -1e-3 * gradient, atol=1e-6)
    # The gradient hardly changes over so small a step; momentum adds 0.9 of the step before.
    factor = 1.9 if optimizer == "momentum" else 1.0
    assert np.linalg.norm(second) == pytest.approx(factor * np.linalg.norm(first), rel=0.02)


def test_equal_plans_share_a_program_and_few_are_kept(tiny, pixels):
    first = programs.program_for(pixels())
    assert programs.program_for(pixels(target="3", seed=9, tv_weight=0.1, steps=7)) is first
    others = [
        programs.program_for(pixels(**changes))
        for changes in (
            {"optimizer": "momentum"},
            {"objective": "logit"},
            {"target": f"{LAYER}:2", "objective": "logit"},
            {"noise": 0.1},
        )
    ]
    assert len({id(program) for program in [first, *others]}) == 5
    assert programs.program_for(pixels(noise=0.1)) is others[-1]
    assert programs.program_for(pixels()) is not first
