"""The fair queue: people take turns, and are told how long they wait."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.making import add_run, open_store
from tfcore.engine.queue import Place, Traffic, estimated_waits, fair_order
from tfcore.events import RunState
from tfcore.store.records import Run


def run(owner, created):
    return SimpleNamespace(owner=owner, created=created, id=f"{owner}{created}")


def names(runs):
    return [one.id for one in runs]


def test_an_owner_with_many_runs_waits_between_them():
    waiting = [run("a", 1), run("a", 2), run("a", 3), run("b", 4)]
    assert names(fair_order(waiting, {})) == ["a1", "b4", "a2", "a3"]


def test_who_was_served_longest_ago_comes_first():
    waiting = [run("a", 1), run("b", 2), run("c", 3)]
    assert names(fair_order(waiting, {"a": 9.0, "b": 5.0})) == ["c3", "b2", "a1"]


def test_among_strangers_who_asked_first_comes_first():
    assert names(fair_order([run("b", 2), run("a", 3), run("c", 1)], {})) == ["c1", "b2", "a3"]


def test_nobody_waits_nobody_is_served():
    assert fair_order([], {"a": 1.0}) == []


QUEUES = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 30)), unique=True, max_size=12)
SERVED = st.dictionaries(st.sampled_from("abcd"), st.floats(1, 100), max_size=4)


@settings(deadline=None, max_examples=80)
@given(QUEUES, SERVED)
def test_no_owner_has_a_second_turn_before_every_other_had_one(queue, served):
    waiting = [run(*one) for one in queue]
    ordered = fair_order(waiting, served)
    assert sorted(names(ordered)) == sorted(names(waiting))
    for place, one in enumerate(ordered):
        turn = sum(before.owner == one.owner for before in ordered[:place])
        for other in {w.owner for w in waiting}:
            had = sum(before.owner == other for before in ordered[:place])
            has_all = had == sum(w.owner == other for w in waiting)
            assert had >= turn or has_all


@settings(deadline=None, max_examples=60)
@given(QUEUES, SERVED)
def test_nobody_overtakes_a_waiting_owner_twice_however_often_the_queue_is_asked(queue, served):
    """As the engine does it: ask, start the first, note when, ask again."""
    waiting, served, starts = [run(*one) for one in queue], dict(served), []
    for clock in range(1000, 1000 + len(waiting)):
        first = fair_order(waiting, served)[0]
        here = {one.owner for one in waiting}
        waiting.remove(first)
        served[first.owner] = float(clock)
        starts.append((first.owner, here))
    for place, (owner, _) in enumerate(starts):
        later = [n for n in range(place + 1, len(starts)) if starts[n][0] == owner]
        if later:
            between = {starts[n][0] for n in range(place + 1, later[0])}
            assert starts[later[0]][1] - {owner} <= between


# -- how long they wait ------------------------------------------------------------------------

NATURAL = {"network": "efficientnet-lite0", "recipe": "natural"}


def job(settings=NATURAL, steps=100, step=0, **fields):
    """A run as the store hands it out."""
    plain = {
        "id": "x", "kind": "synthesize", "owner": "a", "state": RunState.QUEUED, "title": "",
        "created": 0.0, "started": None, "ended": None, "attempt": 1, "stage": "", "rate": 0.0,
        "seconds": 0.0, "summary": {}, "reason": "", "photo": None,
    }  # fmt: skip
    return Run(**{**plain, "settings": settings, "steps": steps, "step": step, **fields})


def ended(seconds, steps=100, ready=0.0, **more):
    times = {"seconds": seconds, "started": 0.0, "ended": seconds + ready}
    return job(steps=steps, step=steps, **times, **more)


def under_way(step=50, rate=10.0, **more):
    return job(step=step, rate=rate, seconds=step / rate if rate else 0.0, **more)


def test_the_first_waits_for_what_is_left_and_the_next_for_the_first_as_well():
    waits = estimated_waits([job(), job()], [under_way(step=50, rate=10)], [ended(20)])
    # The paces of the two runs that were seen, 0.1 and 0.2 s a step, meet in the middle.
    assert waits == pytest.approx([5.0, 20.0, 35.0])


def test_twice_the_steps_take_twice_the_time():
    one, two = (estimated_waits([job(steps=steps)], [], [ended(30)])[-1] for steps in (100, 200))
    assert two == pytest.approx(2 * one) == pytest.approx(60.0)


def test_getting_ready_is_paid_once_a_run_whatever_its_steps():
    waits = estimated_waits([job(), job(steps=1)], [], [ended(30, ready=8)])
    assert waits == pytest.approx([0.0, 38.0, 46.3])


def test_a_run_that_goes_on_from_a_checkpoint_needs_only_the_rest():
    assert estimated_waits([job(step=75)], [], [ended(40)])[-1] == pytest.approx(10.0)


def test_one_disturbed_run_does_not_spoil_the_estimate_and_old_ones_are_forgotten():
    newest_first = [ended(20), ended(2000), ended(22), ended(21), ended(19), *[ended(500)] * 9]
    assert estimated_waits([job()], [], newest_first)[-1] == pytest.approx(21.0)


@pytest.mark.parametrize(
    "other",
    [
        {"recipe": "lesson"},
        {"network": "vgg16"},
        {"ensemble": "efficientnet-lite1"},
        {"vary": "tv_weight", "values": "0,0.001,0.02"},
    ],
)
def test_other_kinds_of_run_tell_nothing(other):
    waits = estimated_waits([job(), job()], [], [ended(20, settings={**NATURAL, **other})])
    assert waits == [0.0, None, None], "the next starts at once; what comes after it nobody knows"


def test_a_first_class_learns_from_the_one_run_that_is_under_way():
    waits = estimated_waits([job(), job()], [under_way(step=50, rate=10)], [])
    assert waits == pytest.approx([5.0, 15.0, 25.0])


def test_the_slow_first_steps_of_a_run_tell_nothing_about_the_next_ones():
    waits = estimated_waits([job(), job()], [under_way(step=2, rate=0.5)], [])
    assert waits[1:] == [None, None]


@pytest.mark.parametrize("unclear", [{"rate": 0.0}, {"stage": "Starting a new worker"}])
def test_a_running_run_without_a_speed_is_judged_by_its_kind_or_not_at_all(unclear):
    busy = under_way(**{"step": 0, **unclear})
    assert estimated_waits([job()], [busy], [ended(20)])[0] == pytest.approx(20.0)
    assert estimated_waits([job()], [busy], [])[0] is None


def test_the_place_that_is_free_first_is_taken_first():
    running = [under_way(step=0, rate=10), under_way(step=90, rate=10)]
    assert estimated_waits([job()], running, [])[0] == pytest.approx(1.0)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(1, 500), max_size=8),
    st.lists(st.integers(0, 99), min_size=1, max_size=3),
    st.floats(0.5, 50),
)
def test_who_comes_later_never_waits_less_and_more_places_never_cost(queue, steps, seconds):
    order = [job(steps=n) for n in queue]
    running = [under_way(step=step, rate=10) for step in steps]
    history = [ended(seconds)] * 5
    waits = estimated_waits(order, running, history)
    assert len(waits) == len(order) + 1
    assert waits == sorted(waits)
    wider = estimated_waits(order, [*running, under_way(step=0, rate=10)], history)
    assert all(more <= less + 1e-9 for more, less in zip(wider, waits, strict=True))


def test_the_store_tells_who_runs_who_waits_and_how_long(tmp_path):
    store = open_store(tmp_path)
    assert Traffic.of(store) == Traffic((), {}, 0.0)
    past = {"seconds": 20.0, "step": 100, "started": 1.0, "ended": 21.0, "attempt": 1}
    for _ in range(3):
        add_run(store, state=RunState.FINISHED, steps=100, fields=past)
    busy = {"rate": 10.0, "step": 40, "started": 30.0}
    running = add_run(store, state=RunState.RUNNING, steps=100, fields=busy)
    add_run(store, state=RunState.PAUSED)
    mine = [add_run(store, owner="busy person", steps=100) for _ in range(2)]
    yours = add_run(store, owner="somebody else", steps=50)
    traffic = Traffic.of(store)
    assert [run.id for run in traffic.running] == [running]
    assert traffic.places == {
        mine[0]: Place(1, pytest.approx(6.0)),
        yours: Place(2, pytest.approx(26.0)),
        mine[1]: Place(3, pytest.approx(36.0)),
    }
    assert traffic.joining == pytest.approx(56.0)


def test_who_is_spread_over_workers_waits_in_a_line_of_its_own(tmp_path):
    store = open_store(tmp_path)
    spread = {"kind": "extract", "scan": "0" * 12}
    past = {"seconds": 20.0, "step": 100, "started": 1.0, "ended": 21.0, "attempt": 1}
    add_run(store, state=RunState.FINISHED, steps=100, fields=past)
    busy = {"rate": 10.0, "step": 40, "steps": 1040, "started": 30.0}
    add_run(store, state=RunState.RUNNING, fields=busy, **spread)
    second = add_run(store, **spread)
    picture = add_run(store, steps=100)
    traffic = Traffic.of(store)
    assert len(traffic.running) == 1
    assert traffic.places == {
        second: Place(1, pytest.approx(100.0)),
        picture: Place(1, pytest.approx(0.0)),
    }
    assert traffic.joining == pytest.approx(20.0), "whoever joins waits for the picture alone"
