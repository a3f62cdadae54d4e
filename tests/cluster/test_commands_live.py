"""Commands on a real run: each answers within one step and half a second."""

import time

import pytest

from tests.browser.waiting import until
from tests.cluster.lab import OWNER, Lab
from tfcore.events import RunState, Verb

pytestmark = pytest.mark.timeout(300)


def test_pause_step_resume_and_stop_do_what_they_say(lab: Lab) -> None:
    run = lab.start({"steps": 5000})
    lab.wait_step(run, 5)
    lab.ask(run, Verb.PAUSE)
    held = lab.wait(run, RunState.PAUSED).step
    lab.ask(run, Verb.STEP)
    assert lab.wait_step(run, held + 1).step == held + 1
    assert lab.store.run(run).state is RunState.PAUSED
    lab.ask(run, Verb.RESUME)
    lab.wait(run, RunState.RUNNING)
    lab.wait_step(run, held + 5)
    lab.ask(run, Verb.STOP)
    stopped = lab.wait(run)
    assert stopped.state is RunState.STOPPED
    assert held + 5 <= stopped.step < 5000
    assert lab.picture(run).startswith(b"\x89PNG")


def test_a_stopped_run_goes_on_from_where_it_was(lab: Lab) -> None:
    run = lab.start({"steps": 400})
    lab.wait_step(run, 10)
    lab.ask(run, Verb.STOP)
    stopped = lab.wait(run).step
    lab.ask(run, Verb.RESUME)
    lab.wait(run, RunState.QUEUED, RunState.RUNNING)
    first_again = lab.wait_step(run, stopped + 1)
    assert first_again.step > stopped
    lab.ask(run, Verb.STOP)
    lab.wait(run)


def test_stop_in_the_first_moment_is_not_lost(lab: Lab) -> None:
    run = lab.start({"steps": 5000})
    lab.ask(run, Verb.STOP)
    began = time.monotonic()
    record = lab.wait(run, seconds=60)
    assert record.state is RunState.STOPPED
    assert record.step < 2500, f"stopped only after {time.monotonic() - began:.1f} s"


def test_nobody_commands_another_persons_run(lab: Lab) -> None:
    run = lab.start({"steps": 3000})
    lab.wait_step(run, 3)
    number = lab.link.command(run, Verb.STOP, owner="1" * 32)
    refusal = until(lambda: lab.store.refusal(number), seconds=10, what="the refusal")
    assert "somebody else's run" in refusal
    assert lab.store.run(run).state is RunState.RUNNING
    lab.ask(run, Verb.STOP)
    lab.wait(run)


def test_a_paused_run_gives_its_place_to_those_who_wait(lab: Lab) -> None:
    first = lab.start({"steps": 5000})
    lab.wait_step(first, 3)
    lab.ask(first, Verb.PAUSE)
    lab.wait(first, RunState.PAUSED)
    second = lab.link.submit({"recipe": "lesson-tv", "steps": 10}, owner=OWNER)
    assert lab.wait(second).state is RunState.FINISHED
    held = lab.store.run(first)
    assert held.state is RunState.PAUSED
    lab.ask(first, Verb.RESUME)
    lab.wait_step(first, held.step + 1)
    lab.ask(first, Verb.STOP)
    lab.wait(first)


def test_what_cannot_be_run_is_refused_in_one_sentence(lab: Lab) -> None:
    lab.look()
    run = lab.link.submit({"target": "siamse ct"}, owner=OWNER)
    refusal = until(
        lambda: (s := lab.store.submission(run)) and s.refusal, seconds=60, what="the refusal"
    )
    assert "Siamese cat" in refusal
    assert lab.store.run(run) is None
