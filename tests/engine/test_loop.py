"""The loop: orders act at their step, nothing is lost, and a resumed run ends the same."""

import pytest

from tests.engine.tiny import Clock, Scripted, Tiny, drive, of, order
from tfcore.engine.loop import PARK, Drive
from tfcore.errors import UserError
from tfcore.events import (
    Checkpoint,
    Failed,
    Frame,
    Metrics,
    Parked,
    RunState,
    Started,
    StateChanged,
    Steered,
)


def steps_told(events):
    return [step for event in of(Metrics, events) for step, _ in event.rows]


def undisturbed(steps=10):
    job = Tiny(steps)
    drive(job)
    return job.values


def test_a_run_finishes_and_tells_every_step_exactly_once():
    clock = Clock()
    job = Tiny(30, clock=clock, seconds=0.1)
    outcome, events = drive(job, clock=clock)
    assert outcome is RunState.FINISHED
    assert steps_told(events) == list(range(1, 31))
    assert isinstance(events[0], Started)
    frames = [event.step for event in of(Frame, events)]
    assert frames[0] == 0
    assert frames[-1] == 30
    assert len(frames) == len(set(frames))
    assert sum(event.seconds for event in of(Metrics, events)) == pytest.approx(3.0)


def test_every_event_carries_run_and_attempt():
    job, events = Tiny(2), []
    Drive(job, "r", 7, Scripted(attempt=7), events.append, clock=Clock()).go()
    assert {(event.run, event.attempt) for event in events} == {("r", 7)}


def test_a_stop_that_waits_before_the_start_acts_at_step_0():
    job, mailbox = Tiny(), Scripted()
    mailbox.post(order("stop", command=41))
    driving = Drive(job, "r", 1, mailbox, [].append, clock=Clock())
    assert driving.go() is RunState.STOPPED
    assert job.step_number == 0
    assert driving.stop_command == 41


def test_stop_keeps_figures_picture_and_checkpoint_of_the_last_step():
    job, mailbox = Tiny(), Scripted()
    job.then[4] = lambda: mailbox.post(order("stop"))
    outcome, events = drive(job, mailbox)
    assert outcome is RunState.STOPPED
    assert steps_told(events) == [1, 2, 3, 4]
    assert of(Frame, events)[-1].step == of(Checkpoint, events)[-1].step == 4


def test_pause_step_step_resume():
    job = Tiny()
    mailbox = Scripted(order("step"), order("step"), order("resume"))
    job.then[3] = lambda: mailbox.post(order("pause"))
    outcome, events = drive(job, mailbox)
    told = [(event.state, event.step) for event in of(StateChanged, events)]
    assert told == [
        (RunState.PAUSED, 3),
        (RunState.PAUSED, 4),
        (RunState.PAUSED, 5),
        (RunState.RUNNING, 5),
    ]
    assert outcome is RunState.FINISHED
    assert steps_told(events) == list(range(1, 11))
    assert job.values == undisturbed()


def test_a_paused_run_shows_the_picture_of_its_very_step():
    job = Tiny()
    seen = []

    def look():
        seen.extend([of(Frame, events)[-1].step, of(Checkpoint, events)[-1].step])
        return order("stop")

    mailbox, events = Scripted(look), []
    job.then[3] = lambda: mailbox.post(order("pause"))
    Drive(job, "r", 1, mailbox, events.append, clock=Clock()).go()
    assert seen == [3, 3]


def test_orders_act_in_the_order_in_which_they_were_given():
    job, mailbox = Tiny(), Scripted()

    def say():
        for verb in ("pause", "resume", "pause", "stop", "resume"):
            mailbox.post(order(verb))

    job.then[2] = say
    outcome, events = drive(job, mailbox)
    assert outcome is RunState.STOPPED
    assert job.step_number == 2
    assert [e.state for e in of(StateChanged, events)] == ["paused", "running", "paused"]


def test_single_steps_reach_the_end():
    job = Tiny(3)
    outcome, events = drive(job, Scripted(*[order("step") for _ in range(3)]), is_paused=True)
    assert outcome is RunState.FINISHED
    assert steps_told(events) == [1, 2, 3]


def test_a_run_that_starts_in_pause_does_nothing_until_it_is_asked():
    job = Tiny()
    outcome, events = drive(job, Scripted(order("stop")), is_paused=True)
    assert outcome is RunState.STOPPED
    assert job.step_number == 0
    assert not of(Metrics, events)


def test_steering_is_told_with_its_step_and_acts_from_the_next_one():
    job, mailbox = Tiny(), Scripted()
    change = order("steer", {"learning_rate": 0.25})
    job.then[4] = lambda: mailbox.post(change)
    _, events = drive(job, mailbox)
    (told,) = of(Steered, events)
    assert (told.step, told.changes, told.command) == (4, {"learning_rate": 0.25}, change.command)
    rates = {step: row["rate"] for event in of(Metrics, events) for step, row in event.rows}
    assert rates[4] == 0.5
    assert rates[5] == 0.25


def test_an_order_announced_twice_acts_once():
    job, mailbox = Tiny(), Scripted(order("resume"))
    again = order("pause", command=5)
    job.then[2] = lambda: mailbox.post(again)
    job.then[6] = lambda: mailbox.post(again)
    _, events = drive(job, mailbox)
    assert [e.step for e in of(StateChanged, events) if e.state is RunState.PAUSED] == [2]


def test_orders_for_another_attempt_are_ignored():
    job, mailbox = Tiny(), Scripted(attempt=1)
    mailbox.post(order("stop", attempt=2))
    outcome, _ = drive(job, mailbox)
    assert outcome is RunState.FINISHED
    mailbox.post(order("stop", attempt=1))
    assert drive(Tiny(), mailbox)[0] is RunState.STOPPED


def test_only_a_paused_run_is_parked():
    job, mailbox = Tiny(), Scripted()
    mailbox.post(order(PARK))
    assert drive(job, mailbox)[0] is RunState.FINISHED

    job, mailbox = Tiny(), Scripted()
    job.then[3] = lambda: [mailbox.post(order(verb)) for verb in ("pause", PARK)]
    outcome, events = drive(job, mailbox)
    assert outcome is None
    assert of(Parked, events)[0].step == of(Checkpoint, events)[-1].step == 3


def test_an_unknown_order_is_refused_in_words():
    mailbox = Scripted()
    mailbox.post(order("dance"))
    with pytest.raises(UserError, match="dance"):
        drive(Tiny(), mailbox)


@pytest.mark.parametrize("way", ["alone", "step by step"])
def test_divergence_fails_naming_the_learning_rate_and_shows_no_later_picture(way):
    clock = Clock()
    job = Tiny(nan_at=6, clock=clock, seconds=1.0)
    waiting = [order("step") for _ in range(6)] if way == "step by step" else []
    outcome, events = drive(job, Scripted(*waiting), clock=clock, is_paused=bool(waiting))
    assert outcome is None
    (failed,) = of(Failed, events)
    assert events[-1] is failed
    assert "learning rate" in failed.reason
    assert "step 6" in failed.reason
    assert "loss" in failed.reason
    assert of(Frame, events)[-1].step == 5
    assert of(Checkpoint, events)[-1].step <= 5


def test_the_mark_says_what_followed_from_a_change_too():
    job, mailbox = Tiny(), Scripted()
    job.follows = {"step_size": 0.5}
    mailbox.post(order("steer", {"epsilon": 2.0}))
    _, events = drive(job, mailbox)
    assert of(Steered, events)[0].changes == {"epsilon": 2.0, "step_size": 0.5}


def test_marks_act_again_at_their_very_step():
    marks = [(0, {"learning_rate": 0.9}), (3, {"learning_rate": 0.2}), (3, {"tv_weight": 0.1})]
    job = Tiny()
    drive(job, marks=marks)
    assert job.steered == marks


def test_marks_act_at_their_step_while_somebody_steps_singly():
    marks = [(1, {"learning_rate": 0.9}), (2, {"learning_rate": 0.2})]
    job = Tiny(4)
    drive(job, Scripted(*[order("step") for _ in range(4)]), is_paused=True, marks=marks)
    assert job.steered == marks


def test_a_mark_acts_before_what_is_steered_anew_at_its_step():
    job, mailbox = Tiny(), Scripted()
    job.then[3] = lambda: mailbox.post(order("steer", {"learning_rate": 0.7}))
    drive(job, mailbox, marks=[(3, {"learning_rate": 0.2})])
    assert job.rate == 0.7


@pytest.mark.parametrize("cut", [1, 4, 5, 6, 9])
def test_interrupted_and_resumed_ends_like_undisturbed(cut):
    """A steered run is killed after ``cut`` steps and goes on from its last checkpoint."""
    whole, mailbox = Tiny(), Scripted()
    whole.then[5] = lambda: mailbox.post(order("steer", {"learning_rate": 0.05}))
    drive(whole, mailbox)

    clock = Clock()
    first, mailbox, events = Tiny(clock=clock, seconds=2.0), Scripted(), []
    first.then[5] = lambda: mailbox.post(order("steer", {"learning_rate": 0.05}))

    def kill():
        raise KeyboardInterrupt

    first.then[cut + 1] = kill
    with pytest.raises(KeyboardInterrupt):
        Drive(first, "r", 1, mailbox, events.append, clock=clock).go()
    saved = of(Checkpoint, events)[-1]
    marks = [(event.step, event.changes) for event in of(Steered, events)]

    second = Tiny()
    second.restore(saved.state)
    assert second.step_number == saved.step
    mailbox = Scripted()
    if not marks:
        second.then[5] = lambda: mailbox.post(order("steer", {"learning_rate": 0.05}))
    outcome, later = drive(second, mailbox, marks=marks)
    assert outcome is RunState.FINISHED
    assert second.values == whole.values
    assert steps_told(later) == list(range(saved.step + 1, 11))
