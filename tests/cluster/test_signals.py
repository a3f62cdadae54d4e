"""Real signals: whatever dies, the record stands, and the picture is the same to the last bit."""

import random

import pytest

from tests.browser.waiting import until
from tests.cluster.lab import Lab
from tests.cluster.striking import strike, strike_while_loading
from tfcore.events import RunState, Verb

pytestmark = pytest.mark.timeout(300)

MOST_REDONE = 25


def test_three_kills_at_random_moments_cost_a_few_steps_and_no_bit(lab: Lab) -> None:
    """A run that somebody steers, and the same one whose worker dies thrice."""
    alone = steered(lab)
    lab.wait(alone)
    draw = random.Random()  # noqa: S311  # any moment must do
    run = steered(lab)
    first = strike(lab, run, draw.randint(9, 20), draw)
    strike_while_loading(lab, draw)
    second = strike(lab, run, max(draw.randint(45, 60), first.next_place), draw)
    record = lab.wait(run)
    assert record.state is RunState.FINISHED
    assert record.attempt >= 3
    assert max(first.redone, second.redone) <= MOST_REDONE
    assert lab.picture(run) == lab.picture(alone)
    assert [step for step, _ in lab.store.all_metrics(run)] == list(range(1, 151))
    for name in (alone, run):
        assert [(mark.step, dict(mark.changes)) for mark in lab.store.marks(name)] == [
            (8, {"tv_weight": 0.1})
        ]


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


def steered(lab: Lab) -> str:
    """Start a run of 150 steps and move a slider at step 8."""
    run = lab.start({"steps": 150})
    lab.ask(run, Verb.PAUSE)
    lab.wait(run, RunState.PAUSED)
    until(lambda: not lab.store.open_commands(run), seconds=60, what="the commands to have effect")
    for _ in range(8 - lab.store.run(run).step):
        lab.ask(run, Verb.STEP)
    lab.wait_step(run, 8)
    lab.ask(run, Verb.STEER, {"tv_weight": 0.1})
    lab.ask(run, Verb.RESUME)
    return run
