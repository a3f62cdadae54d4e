"""How often a page looks at its run: often at what moves, seldom at what waits for others."""

from types import SimpleNamespace

import pytest

from pages.components import live, session, traffic
from tests.store.making import add_run, ask, open_store
from tfcore.events import RunState

S = RunState
JUDGED = {"summary": {"is_judged": True}}


@pytest.fixture
def store(tmp_path, monkeypatch):
    made = open_store(tmp_path)
    monkeypatch.setattr(session, "link", lambda: SimpleNamespace(store=made))
    traffic.now.clear()
    yield made
    traffic.now.clear()
    made.close()


def phase(store, run):
    return tuple(live._phase(store.run(run)))


@pytest.mark.parametrize(
    ("state", "fields", "expected"),
    [
        (S.RUNNING, {}, (True, live.TICK_SECONDS)),
        (S.PAUSED, {}, (True, live.TICK_SECONDS)),
        (S.FINISHED, {}, (False, live.FAR_SECONDS)),
        (S.FINISHED, JUDGED, (False, None)),
        (S.STOPPED, JUDGED, (False, None)),
        (S.FAILED, {}, (False, None)),
    ],
)
def test_each_state_has_its_pace(store, state, fields, expected):
    assert phase(store, add_run(store, state=state, fields=fields)) == expected


def test_something_that_was_asked_for_is_looked_for_at_once(store):
    run = add_run(store, state=S.STOPPED, fields=JUDGED)
    ask(store, run, "resume")
    assert phase(store, run) == (False, live.TICK_SECONDS)


def test_only_the_next_in_line_looks_often(store):
    first, second = add_run(store), add_run(store, owner="another")
    assert phase(store, first) == (True, live.TICK_SECONDS)
    assert phase(store, second) == (True, live.PATIENT_SECONDS)
    store.update(first, state=S.RUNNING)
    traffic.now.clear()
    assert phase(store, second) == (True, live.TICK_SECONDS)


def test_who_has_many_before_them_looks_most_seldom(store):
    runs = [add_run(store, owner=f"owner {n}") for n in range(live.FAR + 1)]
    assert phase(store, runs[-2]) == (True, live.PATIENT_SECONDS)
    assert phase(store, runs[-1]) == (True, live.FAR_SECONDS)
