"""A step size that nobody gives keeps its share of a steered budget, and so it is repeated."""

import numpy as np
import pytest

from tests.attacks.photo import dog
from tfcore.attacks.choosing import procedure_for
from tfcore.settings import AttackSettings

STEPS = 9
STEERED = {2: {"epsilon": 3.0}, 4: {"tv_weight": 1e-4}, 6: {"epsilon": 7.0}}
"""Three sevenths cannot be written exactly: rounding must not pile up either."""

RUNS = {
    "pgd": {"epsilon": 8},
    "mifgsm": {"epsilon": 8, "method": "mifgsm", "norm": "l2"},
    "targets": {"epsilon": 8, "vary": "target", "values": "zebra, tabby"},
    "methods": {"epsilon": 8, "vary": "method", "values": "lesson, pgd, mifgsm"},
    "step sizes": {"epsilon": 8, "vary": "step_size", "values": "0.3, 1.7"},
}


def started(given):
    return procedure_for(AttackSettings.model_validate({**given, "steps": STEPS}), dog())


def go(job, until=STEPS, told=STEERED):
    """Step on; the marks that were made, by step."""
    marks = {}
    while job.step_number < until:
        if job.step_number in told:
            marks[job.step_number] = dict(job.steer(told[job.step_number]))
        job.step()
    return marks


def sizes(job):
    """The step size of each cell."""
    return np.concatenate([group.knobs["step_size"] for group in job.groups]).tolist()


def test_the_step_keeps_its_share_and_the_mark_says_both():
    job = started({"epsilon": 8, "step_size": 2})
    assert job.steer({"epsilon": 2.0}) == {"epsilon": 2.0, "step_size": 0.5}
    assert sizes(job) == [0.5]
    assert job.steer({"epsilon": 16.0}) == {"epsilon": 16.0, "step_size": 4.0}


def test_what_a_person_gives_holds():
    job = started({"epsilon": 8, "step_size": 2})
    both = {"epsilon": 4.0, "step_size": 0.25}
    assert job.steer(both) == both
    assert job.steer({"step_size": 1.0}) == {"step_size": 1.0}
    assert sizes(job) == [1.0]
    assert job.steer({"epsilon": 2.0})["step_size"] == 0.5  # the share they chose goes along
    assert job.steer({"tv_weight": 0.1}) == {"tv_weight": 0.1}


def test_no_step_is_longer_than_the_budget():
    job = started({"epsilon": 3, "step_size": 3})
    assert job.steer({"epsilon": 2 / 3}) == {"epsilon": 2 / 3, "step_size": 2 / 3}


def test_each_cell_keeps_a_share_of_its_own_and_the_lesson_its_rate():
    job = started(RUNS["methods"])
    assert sizes(job) == pytest.approx([1.0, 2.0, 0.8])
    assert job.steer({"epsilon": 2.0}) == {"epsilon": 2.0}  # no single number would be true
    assert sizes(job) == pytest.approx([1.0, 0.5, 0.2])
    job.steer({"step_size": 0.25})
    assert job.steer({"epsilon": 1.0}) == {"epsilon": 1.0, "step_size": 0.125}
    assert sizes(job) == [1.0, 0.125, 0.125]


def test_a_method_without_a_budget_has_nothing_that_follows():
    job = started({"method": "lesson"})
    assert job.steer({"epsilon": 1.0}) == {"epsilon": 1.0}
    assert sizes(job) == [1.0]


@pytest.mark.parametrize("name", RUNS)
def test_saved_resumed_and_replayed_it_ends_in_the_same_bits(name):
    whole = started(RUNS[name])
    marks = go(whole)
    pictures = [group.pictures() for group in whole.groups]
    # Saved between the two changes, and once with a change that the marks then repeat.
    first = started(RUNS[name])
    go(first, 5)
    early = first.state()
    go(first, 6)
    first.steer(STEERED[6])
    late = first.state()
    resumed = []
    for state in (early, late):
        resumed.append(started(RUNS[name]))
        resumed[-1].restore(state)
        go(resumed[-1], told=marks)
    replayed = started(RUNS[name])
    go(replayed, told=marks)
    for other in (*resumed, replayed):
        assert sizes(other) == sizes(whole)
        assert np.array_equal([group.pictures() for group in other.groups], pictures)


def test_two_budgets_of_one_moment_may_be_repeated():
    whole = started(RUNS["pgd"])
    go(whole, 3, {})
    marks = [whole.steer({"step_size": 1.3}), whole.steer({"epsilon": 3.0})]
    state = whole.state()
    again = started(RUNS["pgd"])
    again.restore(state)
    for mark in marks:
        again.steer(mark)
    assert sizes(again) == sizes(whole)
    assert again.steer({"epsilon": 5.0}) == whole.steer({"epsilon": 5.0})
