"""The fair queue: people take turns."""

from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from tfcore.engine.queue import fair_order


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
