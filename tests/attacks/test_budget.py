"""Nothing leaves the budget or the range, in floats and after rounding, whatever is asked."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.attacks.linear import SIDE, VALUES, Linear
from tests.attacks.running import aim, knobs
from tfcore.attacks.attack import FIGURES
from tfcore.attacks.budget import NORMS, confined, distance, quantized
from tfcore.attacks.fgsm import Fgsm
from tfcore.attacks.mifgsm import MiFgsm
from tfcore.attacks.pgd import Pgd
from tfcore.attacks.program import AT_ONCE, Program

NETWORK = Linear(seed=7)
SHAPE = (SIDE, SIDE, 3)
LEVELS = arrays(np.uint8, SHAPE)
RADII = st.floats(0.01, 255)
PROGRAMS = {
    (name, norm): Program(attack, [NETWORK], norm)
    for name, attack in (("fgsm", Fgsm()), ("pgd", Pgd()), ("mifgsm", MiFgsm()))
    for norm in NORMS
}


def size(change, norm):
    return float(NORMS[norm].size(tf.constant(change[None], tf.float32))[0])


@pytest.mark.parametrize("norm", NORMS)
@settings(max_examples=60, deadline=None)
@given(
    photo=LEVELS,
    image=arrays(np.float32, SHAPE, elements=st.floats(-2, 3, width=32, allow_subnormal=False)),
    radius=RADII,
)
def test_whatever_comes_is_brought_back_and_stays_there_when_rounded(norm, photo, image, radius):
    clean = photo.astype(np.float32) / 255
    back = confined(
        tf.constant(image[None]), tf.constant(clean[None]), NORMS[norm], tf.constant([radius])
    ).numpy()[0]
    assert back.min() >= 0
    assert back.max() <= 1
    assert size(back - clean, norm) <= radius * (1 + 1e-5) + 1e-4
    saved = quantized(back, photo, NORMS[norm], radius)
    assert distance(saved, photo, NORMS[norm]) <= radius + 1e-4
    again = quantized(saved.astype(np.float32) / 255, photo, NORMS[norm], radius)
    assert np.array_equal(again, saved)


@pytest.mark.parametrize(("method", "norm"), PROGRAMS)
@settings(max_examples=15, deadline=None)
@given(
    photo=LEVELS,
    epsilon=st.floats(0.1, 255),
    share=st.floats(0.01, 1),
    tv_weight=st.floats(0, 1),
    label=st.integers(0, 3),
    targeted=st.booleans(),
    seed=st.integers(0, 2**31 - 1),
)
def test_no_step_of_any_method_leaves_the_budget(
    method, norm, photo, epsilon, share, tv_weight, label, targeted, seed
):
    clean = photo.astype(np.float32) / 255
    program = PROGRAMS[method, norm]
    goal = aim([NETWORK], clean[None], [label], targeted=targeted, seed=seed)
    values = knobs(1, epsilon=epsilon, step_size=share * epsilon, tv_weight=tv_weight)
    state = program.start(goal, values)
    for number in range(4):
        image = state["image"].numpy()[0]
        assert image.min() >= 0
        assert image.max() <= 1
        assert size(image - clean, norm) <= epsilon * (1 + 1e-5) + 1e-4
        state, figures = program.step(goal, values, number, state)
        assert np.isfinite(figures).all()
    saved = quantized(state["image"].numpy()[0], photo, NORMS[norm], epsilon)
    assert distance(saved, photo, NORMS[norm]) <= epsilon + 1e-4


@pytest.mark.parametrize("norm", NORMS)
def test_a_random_start_fills_the_budget_and_follows_the_seed(norm):
    photo = np.full((1, *SHAPE), 0.5, np.float32)
    program = PROGRAMS["pgd", norm]

    def starts(seed):
        state = program.start(aim([NETWORK], photo, [0], seed=seed), knobs(1, epsilon=8.0))
        return state["image"].numpy()[0] - photo[0]

    assert np.array_equal(starts(1), starts(1))
    assert not np.array_equal(starts(1), starts(2))
    sizes = [size(starts(seed), norm) for seed in range(20)]
    assert 7 < max(sizes) <= 8.001
    assert abs(np.mean([starts(seed) for seed in range(20)])) < 0.003


def test_a_radius_means_the_same_at_every_size():
    change = np.full(SHAPE, 3 / 255, np.float32)
    assert size(change, "l2") == pytest.approx(3, rel=1e-5)
    assert size(change, "linf") == pytest.approx(3, rel=1e-5)
    assert 255 * np.linalg.norm(change) == pytest.approx(3 * np.sqrt(VALUES), rel=1e-5)


def test_rounding_is_to_the_nearest_level_where_the_budget_allows_it():
    photo = np.full(SHAPE, 100, np.uint8)
    image = np.full(SHAPE, 101.6 / 255, np.float32)
    assert (quantized(image, photo, NORMS["linf"], 2.0) == 102).all()
    assert (quantized(image, photo, NORMS["linf"], 1.7) == 101).all()
    down = np.full(SHAPE, 98.4 / 255, np.float32)
    assert (quantized(down, photo, NORMS["linf"], 1.7) == 99).all()
    assert (quantized(image, photo, NORMS["l2"], np.inf) == 102).all()


def test_one_step_of_the_l2_norm_has_its_length_however_flat_the_slope_is():
    for scale in (1e-25, 1.0, 1e10):
        slope = tf.constant(np.random.default_rng(0).normal(size=(1, *SHAPE)) * scale, tf.float32)
        assert size(NORMS["l2"].steepest(slope).numpy()[0], "l2") == pytest.approx(1, rel=1e-4)
    assert not NORMS["l2"].steepest(tf.zeros((1, *SHAPE))).numpy().any()


def test_a_smaller_budget_takes_hold_at_the_next_step():
    photo = np.full((1, *SHAPE), 0.5, np.float32)
    program, goal = PROGRAMS["pgd", "linf"], aim([NETWORK], photo, [1])
    state = program.start(goal, knobs(1, epsilon=8.0, step_size=2.0))
    for number in range(6):
        state, _ = program.step(goal, knobs(1, epsilon=8.0, step_size=2.0), number, state)
    assert size(state["image"].numpy()[0] - photo[0], "linf") == pytest.approx(8, rel=1e-4)
    state, _ = program.step(goal, knobs(1, epsilon=3.0, step_size=2.0), 6, state)
    assert size(state["image"].numpy()[0] - photo[0], "linf") == pytest.approx(3, rel=1e-4)
    assert program.traces == 1


@pytest.mark.parametrize("count", [3, 2 * AT_ONCE, 2 * AT_ONCE + 1])
def test_each_image_of_a_batch_is_attacked_as_if_alone(count):
    draw = np.random.default_rng(3).integers(0, 256, (count, *SHAPE)).astype(np.float32) / 255
    program = PROGRAMS["mifgsm", "l2"]
    epsilons, labels = np.arange(1, count + 1, dtype=np.float32), np.arange(count) % 4

    def attacked(rows):
        goal = aim([NETWORK], draw[rows], labels[rows])
        values = {**knobs(len(rows)), "epsilon": epsilons[rows]}
        state, figures = program.start(goal, values), None
        for number in range(5):
            state, figures = program.step(goal, values, number, state)
        return state["image"].numpy(), figures

    together, told = attacked(np.arange(count))
    assert told.shape == (count, len(FIGURES))
    for row in range(count):
        alone, figures = attacked(np.array([row]))
        np.testing.assert_allclose(alone[0], together[row], atol=1e-6)
        np.testing.assert_allclose(figures[0], told[row], rtol=1e-4, atol=1e-5)


def test_variation_weight_smooths_the_change():
    photo = np.full((1, *SHAPE), 0.5, np.float32)
    program, goal = PROGRAMS["pgd", "l2"], aim([NETWORK], photo, [1])
    ends = []
    for weight in (0.0, 1.0):
        values = knobs(1, epsilon=8.0, step_size=1.0, tv_weight=weight)
        state = program.start(goal, values)
        for number in range(30):
            state, figures = program.step(goal, values, number, state)
        change = state["image"].numpy()[0] - photo[0]
        ends.append(sum(np.abs(np.diff(change, axis=axis)).sum() for axis in (0, 1)))
    assert figures[0, 1] == pytest.approx(ends[1], rel=0.2)
    assert ends[1] < 0.7 * ends[0]
