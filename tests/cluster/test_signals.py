"""Real signals: whatever dies, the record stands, and the picture is the same to the last bit."""

import random

import pytest

from tests.browser.waiting import until
from tests.cluster.lab import Lab
from tfcore.events import RunState, Verb

pytestmark = pytest.mark.timeout(300)


def test_a_killed_worker_costs_a_few_steps_and_no_bit(
    lab: Lab, undisturbed: tuple[str, bytes]
) -> None:
    run = lab.start()
    lab.wait_step(run, random.Random().randint(2, 45))  # noqa: S311  # any moment must do
    lab.kill_worker()
    record = lab.wait(run)
    assert record.state is RunState.FINISHED
    assert record.attempt == 2
    assert lab.picture(run) == undisturbed[1]
    assert [step for step, _ in lab.store.all_metrics(run)] == list(range(1, 61))


def test_a_killed_engine_leaves_an_interrupted_run_that_resumes_to_the_same_bits(
    lab: Lab, undisturbed: tuple[str, bytes]
) -> None:
    run = lab.start()
    lab.wait_step(run, 25)
    lab.kill_engine()
    record = lab.wait(run, RunState.INTERRUPTED)
    assert 20 <= record.step < 60
    lab.ask(run, Verb.RESUME)
    assert lab.wait(run).state is RunState.FINISHED
    assert lab.picture(run) == undisturbed[1]


def test_steering_survives_a_killed_worker_bit_for_bit(lab: Lab) -> None:
    pictures = []
    for is_disturbed in (False, True):
        run = lab.start({"steps": 80}, marks=[])
        lab.ask(run, Verb.PAUSE)
        lab.wait(run, RunState.PAUSED)
        until_settled(lab, run)
        first = lab.store.run(run).step
        for _ in range(8 - first):
            lab.ask(run, Verb.STEP)
        lab.wait_step(run, 8)
        lab.ask(run, Verb.STEER, {"tv_weight": 0.1})
        lab.ask(run, Verb.RESUME)
        if is_disturbed:
            lab.wait_step(run, 40)
            lab.kill_worker()
        lab.wait(run)
        assert [(mark.step, dict(mark.changes)) for mark in lab.store.marks(run)] == [
            (8, {"tv_weight": 0.1})
        ]
        pictures.append(lab.picture(run))
    assert pictures[0] == pictures[1]


def until_settled(lab: Lab, run: str) -> None:
    """Wait until every command for the run has had its effect."""
    until(lambda: not lab.store.open_commands(run), seconds=60, what="the commands to have effect")
