"""The desk: what each verb does in each state, for whom, and what is refused."""

import pytest

from tests.engine.office import OPEN, ORDER, REFUSED, Office
from tests.store.making import OWNER, ask
from tfcore.engine.connection import code_digest
from tfcore.events import RunState, Verb
from tfcore.store.records import SteeringMark

S = RunState
STEERING = {"tv_weight": 0.25}

# (state, verb) of a run without a task -> the new state, and what became of the command.
WAITING = {
    (S.QUEUED, "pause"): (S.PAUSED, None),
    (S.QUEUED, "step"): (S.QUEUED, OPEN),
    (S.QUEUED, "resume"): (S.QUEUED, None),
    (S.QUEUED, "stop"): (S.STOPPED, None),
    (S.QUEUED, "steer"): (S.QUEUED, None),
    (S.PAUSED, "step"): (S.QUEUED, OPEN),
    (S.PAUSED, "resume"): (S.QUEUED, None),
    (S.PAUSED, "stop"): (S.STOPPED, None),
    (S.PAUSED, "steer"): (S.PAUSED, None),
    (S.STOPPED, "step"): (S.QUEUED, OPEN),
    (S.STOPPED, "resume"): (S.QUEUED, None),
    (S.INTERRUPTED, "step"): (S.QUEUED, OPEN),
    (S.INTERRUPTED, "resume"): (S.QUEUED, None),
}
TO_RUNS = ("pause", "step", "resume", "stop", "steer")


def press(office, run, verb, **options):
    return ask(office.store, run, verb, STEERING if verb == "steer" else None, **options)


@pytest.mark.parametrize("verb", TO_RUNS)
@pytest.mark.parametrize("state", [s for s in S if s is not S.RUNNING])
def test_a_run_without_a_task(office, state, verb):
    run = office.run(state=state)
    command = press(office, run, verb)
    office.take()
    expected = WAITING.get((state, verb), (state, REFUSED))
    assert (office.store.run(run).state, office.outcome(command)) == expected
    if expected[1] == REFUSED:
        assert f'"{verb}" for a run that is {state}' in office.store.refusal(command)


@pytest.mark.parametrize("verb", TO_RUNS)
@pytest.mark.parametrize("state", [S.RUNNING, S.PAUSED])
def test_a_run_with_a_task_is_told_and_the_command_waits_for_its_effect(office, state, verb):
    run = office.run(state=state, fields={"attempt": 2})
    command = press(office, run, verb)
    office.take(run)
    assert office.outcome(command) == ORDER
    assert office.store.run(run).state is state
    (told,) = office.orders
    assert (told.command, told.run, told.verb, told.attempt) == (command, run, verb, 2)
    assert told.changes == (STEERING if verb == "steer" else {})
    office.desk.done(command)
    office.take(run)
    assert len(office.orders) == 1


def test_steering_a_waiting_run_leaves_a_mark_at_its_step(office):
    run = office.run(state=S.PAUSED)
    command = press(office, run, "steer")
    office.take()
    assert office.store.marks(run) == [SteeringMark(3, command, STEERING)]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"epsilon": 2.0}, {"epsilon": 2.0, "step_size": 0.5}),
        ({"epsilon": 2.0, "step_size": 2.0}, {"epsilon": 2.0, "step_size": 2.0}),
        ({"tv_weight": 0.5}, {"tv_weight": 0.5}),
    ],
)
def test_the_step_of_a_waiting_attack_follows_its_budget(office, changes, told):
    run = office.run(kind="attack", state=S.PAUSED, epsilon=8.0, step_size=1.0)
    ask(office.store, run, "steer", {"step_size": 2.0})
    ask(office.store, run, "steer", changes)
    office.take()
    assert [mark.changes for mark in office.store.marks(run)] == [{"step_size": 2.0}, told]


def test_a_stopped_run_that_did_all_its_steps_does_not_resume(office):
    run = office.run(state=S.STOPPED, steps=3)
    command = press(office, run, "resume")
    office.take()
    assert office.outcome(command) == REFUSED


@pytest.mark.parametrize("state", [S.PAUSED, S.INTERRUPTED])
def test_a_run_whose_engine_died_before_its_result_resumes_after_its_last_step(office, state):
    run = office.run(state=state, steps=3)
    press(office, run, "resume")
    office.take()
    assert office.store.run(run).state is S.QUEUED


def test_a_resumed_run_has_no_end(office):
    run = office.run(state=S.STOPPED, fields={"ended": 5.0, "step": 3})
    press(office, run, "resume")
    office.take()
    assert office.store.run(run).ended is None


def test_stop_while_the_task_still_loads_ends_at_once_and_silences_it(office):
    run = office.run(state=S.RUNNING, fields={"attempt": 1, "stage": "Loading", "step": 0})
    command = press(office, run, "stop")
    office.take(run)
    record = office.store.run(run)
    assert (record.state, record.stage) == (S.STOPPED, "")
    assert record.summary["is_judged"]
    assert record.attempt == 2  # whatever attempt 1 still says is not written down
    (told,) = office.orders
    assert (told.verb, told.attempt) == ("stop", 1)
    assert command not in [c.id for c in office.store.open_commands()]


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [("pause", S.RUNNING, S.PAUSED), ("resume", S.PAUSED, S.RUNNING)],
)
def test_pause_and_resume_show_at_once_while_the_task_still_loads(office, verb, before, after):
    run = office.run(state=before, fields={"attempt": 1, "stage": "Compiling"})
    command = press(office, run, verb)
    office.take(run)
    assert office.store.run(run).state is after
    assert office.outcome(command) == ORDER


@pytest.mark.parametrize("verb", [*TO_RUNS, "delete"])
@pytest.mark.parametrize("is_active", [True, False])
def test_another_owners_command_is_refused(office, verb, is_active):
    run = office.run(state=S.PAUSED)
    before = office.store.run(run)
    command = press(office, run, verb, owner="stranger")
    office.take(*([run] if is_active else []))
    assert office.outcome(command) == REFUSED
    assert "somebody else's run" in office.store.refusal(command)
    assert office.store.run(run) == before
    assert not office.orders


def test_a_command_for_no_run_is_refused(office):
    command = press(office, "nobody", "stop")
    office.take()
    assert "nobody" in office.store.refusal(command)


@pytest.mark.parametrize("changes", [{"steps": 5}, {"tv_weight": 2.0}, {"tv_weight": "x"}])
def test_steering_out_of_bounds_reaches_no_task(office, changes):
    run = office.run(state=S.RUNNING)
    command = ask(office.store, run, "steer", changes)
    office.take(run)
    assert office.outcome(command) == REFUSED
    assert not office.orders


def test_a_broken_command_does_not_stop_the_others(office, caplog):
    run = office.run(state=S.QUEUED)
    broken = office.store.command("x", Verb.SUBMIT, {}, owner=OWNER)
    stop = press(office, run, "stop")
    office.take()
    assert "log" in office.store.refusal(broken)
    assert "Traceback" not in office.store.refusal(broken)
    assert f"command {broken} broke" in caplog.text
    assert office.store.run(run).state is S.STOPPED
    assert office.outcome(stop) is None


def test_a_submission_becomes_a_queued_run_with_its_marks_in_order(office):
    marks = [SteeringMark(5, 0, {"tv_weight": v}) for v in (0.1, 0.2, 0.3)]
    run = office.store.submit({"target": "zebra"}, owner=OWNER, marks=marks)
    office.take()
    record = office.store.run(run)
    assert (record.state, record.title) == (S.QUEUED, "zebra · EfficientNet-Lite0")
    assert record.settings["steps"] == record.steps == 256
    assert [mark.changes["tv_weight"] for mark in office.store.marks(run)] == [0.1, 0.2, 0.3]
    assert not office.store.open_commands()


def test_a_refused_submission_makes_no_run(office):
    run = office.store.submit({"target": "qqqq"}, owner=OWNER)
    office.take()
    assert office.store.run(run) is None
    assert "qqqq" in office.store.submission(run).refusal


def test_only_an_engine_with_other_code_retires(office):
    office.store.command("", Verb.RETIRE, {"code": code_digest()}, owner="")
    office.take()
    assert not office.desk.is_retiring
    office.store.command("", Verb.RETIRE, {"code": "other"}, owner="")
    office.take()
    assert office.desk.is_retiring
    assert not office.store.open_commands()


def test_delete_silences_the_task_and_closes_what_is_open(office):
    run = office.run(state=S.RUNNING, fields={"attempt": 4})
    stop = press(office, run, "stop")
    office.take(run)
    office.orders.clear()
    ask(office.store, run, "delete")
    office.take(run)
    assert office.store.run(run) is None
    assert ("stop", 4) in [(told.verb, told.attempt) for told in office.orders]
    assert office.store.refusal(stop)
    assert not office.store.open_commands()


def test_in_a_demo_nothing_is_deleted(tmp_path):
    office = Office(tmp_path, demo=True)
    run = office.run(state=S.FINISHED)
    command = ask(office.store, run, "delete")
    office.take()
    assert "demo" in office.store.refusal(command)
    assert office.store.run(run) is not None


def test_a_task_that_begins_to_listen_hears_what_was_asked_before(office):
    run = office.run(state=S.RUNNING, fields={"attempt": 1})
    stop = press(office, run, "stop")
    office.desk.announce_again(run, 1)
    assert [(told.command, told.verb, told.attempt) for told in office.orders] == [
        (stop, "stop", 1)
    ]


def test_a_task_hears_nothing_that_would_be_refused(office):
    """These are still open because the engine has not looked yet."""
    run = office.run(state=S.RUNNING)
    press(office, run, "stop", owner="stranger")
    ask(office.store, run, "steer", {"tv_weight": 99.0})
    ask(office.store, run, "delete")
    office.desk.announce_again(run, 1)
    assert office.orders == []


def test_an_ended_run_refuses_what_is_still_open_but_a_delete(office):
    run = office.run(state=S.FINISHED)
    pause, delete = press(office, run, "pause"), ask(office.store, run, "delete")
    office.desk.close(run, "It is over.")
    assert office.store.refusal(pause) == "It is over."
    assert [c.id for c in office.store.open_commands()] == [delete]


def test_a_queued_run_with_a_step_waiting_starts_in_pause(office):
    run = office.run(state=S.QUEUED)
    assert not office.desk.wants_step(run)
    press(office, run, "step")
    assert office.desk.wants_step(run)


def test_what_a_run_varies_cannot_be_steered(office):
    run = office.run(state=S.RUNNING, vary="tv_weight", values="0, 0.1")
    refused = ask(office.store, run, "steer", {"tv_weight": 0.5})
    office.take(run)
    assert ("does not vary" in office.store.refusal(refused), office.orders) == (True, [])


def test_an_attack_is_steered_by_its_own_settings_and_a_search_not_in_what_it_seeks(office):
    run = office.run(kind="attack", state=S.RUNNING)
    ask(office.store, run, "steer", {"epsilon": 4})
    office.take(run)
    assert office.orders[-1].changes == {"epsilon": 4.0}
    foreign = ask(office.store, run, "steer", {"learning_rate": 0.5})
    search = office.run(kind="attack", state=S.RUNNING, smallest=True)
    sought = ask(office.store, search, "steer", {"epsilon": 4})
    office.take(run, search)
    assert "learning_rate" in office.store.refusal(foreign)
    assert "does not vary" in office.store.refusal(sought)
