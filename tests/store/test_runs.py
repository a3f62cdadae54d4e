"""Reading the store: a tick reads only what is new, and everyone sees what another has written."""

import sqlite3
import threading
from itertools import pairwise

import pytest

from tests.store import making
from tfcore.events import RunState, Verb
from tfcore.store.runs import MOST_POINTS, RunStore, owner_digest


@pytest.fixture
def store(tmp_path):
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def figures(steps):
    return [(step, {"total": float(step)}) for step in steps]


def test_a_tick_reads_only_what_came_after_the_last_step(store):
    store.add_metrics("r", figures(range(1, 11)))
    store.add_metrics("other", figures(range(1, 50)))
    assert store.metrics_after("r", 7) == figures([8, 9, 10])
    assert store.metrics_after("r", 10) == []
    assert store.metrics_after("r", 0, limit=3) == figures([1, 2, 3])


@pytest.mark.parametrize("last", [1, 2, 499, 500, 501, 997, 1000, 5003, 12_345])
def test_an_overview_has_few_points_evenly_spaced_and_the_last_one(store, last):
    store.add_metrics("r", figures(range(last + 1)))
    steps = [step for step, _ in store.metrics_overview("r")]
    assert len(steps) <= MOST_POINTS
    assert len(steps) >= min(last, MOST_POINTS // 2)
    assert steps[-1] == last == store.last_metric_step("r")
    assert len({b - a for a, b in pairwise(steps[:-1])}) <= 1


def test_an_overview_of_nothing_is_empty(store):
    assert store.metrics_overview("r") == []
    assert store.last_metric_step("r") == 0


def test_a_frame_is_the_last_at_or_before_a_step(store):
    for step in (0, 10, 20):
        store.add_frame("r", step, b"jpeg%d" % step, [(284, 0.5), (1, 0.25)])
    assert store.frame("r").step == 20
    assert store.frame("r", 19).step == 10
    assert store.frame("r", 10).jpeg == b"jpeg10"
    assert store.frame("r", 0).top5 == ((284, 0.5), (1, 0.25))
    assert store.frame("nobody") is None
    assert [frame.step for frame in store.frames("r", [20, 0, 7])] == [0, 20]
    assert store.frames("r", []) == []


def test_commands_survive_until_they_are_handled(store, tmp_path):
    run = store.submit({"target": "zebra"}, owner="a", photo=b"png")
    stop = store.command(run, Verb.STOP, owner="a")
    later = making.open_store(tmp_path)
    assert [c.verb for c in later.open_commands()] == [Verb.SUBMIT, Verb.STOP]
    assert later.open_commands(run)[0].content == b"png"
    assert later.open_commands("other") == []
    later.handled(stop, "too late")
    assert [c.verb for c in store.open_commands()] == [Verb.SUBMIT]
    assert store.refusal(stop) == "too late"
    assert store.submission(run).payload["settings"] == {"target": "zebra"}
    later.close()


def test_the_store_never_holds_an_owners_token(store, tmp_path):
    making.add_run(store, owner="my secret token")
    store.close()
    whole = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"my secret token" not in whole
    assert owner_digest("my secret token").encode() in whole
    assert owner_digest("a") != owner_digest("b")


def test_leases_expire_and_are_renewed(store, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    assert not store.has_lease()
    store.renew_lease("page", 10)
    now[0] = 1009.0
    assert store.has_lease()
    store.renew_lease("page", 10)
    now[0] = 1018.0
    assert store.has_lease()
    now[0] = 1019.5
    assert not store.has_lease()
    store.renew_lease("page", 10)
    store.renew_lease("other", 10)
    store.drop_lease("page")
    assert store.has_lease()
    store.drop_lease("other")
    assert not store.has_lease()


def test_runs_come_newest_first_and_by_state(store):
    ids = [making.add_run(store, fields={"created": float(n)}) for n in range(4)]
    store.update(ids[1], state=RunState.FINISHED)
    assert [run.id for run in store.runs()] == ids[::-1]
    assert [run.id for run in store.runs([RunState.FINISHED])] == [ids[1]]
    assert [run.id for run in store.runs([RunState.QUEUED], limit=2)] == [ids[3], ids[2]]
    assert store.runs([]) == []
    assert store.run("nobody") is None


def test_results_wait_for_other_networks_in_the_order_in_which_they_came(store):
    def ended(at, state=RunState.FINISHED, **summary):
        return making.add_run(store, state=state, fields={"ended": at, "summary": summary})

    late, early = ended(9.0, asked=False), ended(3.0)
    half = ended(5.0, RunState.STOPPED, is_judged=False)
    ended(4.0, is_judged=True)
    for state in set(RunState) - {RunState.FINISHED, RunState.STOPPED}:
        making.add_run(store, state=state)
    assert [run.id for run in store.unjudged()] == [early, half, late]


def test_a_run_reads_back_as_it_was_asked_for(store):
    run = store.run(making.add_run(store, target="zebra", steps=12, photo=b"png"))
    assert (run.state, run.steps, run.step, run.attempt) == (RunState.QUEUED, 12, 0, 0)
    assert run.settings["target"] == "zebra"
    assert run.photo == b"png"
    assert run.seconds_left is None
    store.update(run.id, rate=4.0, step=2)
    assert store.run(run.id).seconds_left == pytest.approx(2.5)


def test_when_each_owner_was_last_served(store):
    a = [making.add_run(store, owner="a") for _ in range(2)]
    making.add_run(store, owner="b")
    store.update(a[0], started=5.0)
    store.update(a[1], started=7.0)
    assert store.last_started() == {owner_digest("a"): 7.0}


def test_two_connections_in_two_threads_see_each_other(store):
    """Each thread has a connection of its own: a commit of one is there for the other."""
    store.add_metrics("r", figures([1]))
    seen = []

    def other():
        seen.append(store.all_metrics("r"))
        store.renew_lease("thread", 100)
        store.close()

    thread = threading.Thread(target=other)
    with store.transaction():
        store.add_metrics("r", figures([2]))
        reader = threading.Thread(target=lambda: seen.append(store.all_metrics("r")))
        reader.start()
        reader.join()
    assert seen.pop() == figures([1])
    thread.start()
    thread.join()
    assert seen == [figures([1, 2])]
    assert store.has_lease()


def test_many_threads_may_make_the_store_at_once(tmp_path):
    together, failed = threading.Barrier(6), []

    def begin(number):
        store = RunStore(tmp_path / "deep" / "runs.sqlite")
        together.wait()
        try:
            store.submit({"target": str(number)}, owner="a")
        except sqlite3.Error as error:
            failed.append(error)
        store.close()

    threads = [threading.Thread(target=begin, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(RunStore(tmp_path / "deep" / "runs.sqlite").open_commands()) == 6
