"""Whose networks are whose."""

import pytest

from tests.store import making
from tests.trained_making import made, record
from tfcore import trained
from tfcore.events import RunState
from tfcore.store import heads
from tfcore.store.runs import owner_digest


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def mine(store, owner="me"):
    return [network.name for network in heads.of_owner(store, owner_digest(owner))]


def test_everybody_has_their_own_the_newest_first(store):
    first, second = (record(store, made(), "me") for _ in range(2))
    theirs = record(store, made(), "you")
    store.update(trained.run_of(first), created=1.0)
    assert mine(store) == [second, first]
    assert mine(store, "you") == [theirs]


@pytest.mark.parametrize("state", list(RunState))
def test_what_was_stopped_counts_and_what_goes_on_or_failed_does_not(store, state):
    name = record(store, made(), "me")
    store.update(trained.run_of(name), state=state)
    assert mine(store) == ([name] if state in (RunState.FINISHED, RunState.STOPPED) else [])


def test_one_whose_run_was_deleted_or_whose_file_is_damaged_is_none(store):
    gone, lost, broken = (record(store, made(), "me") for _ in range(3))
    store.delete(trained.run_of(gone))
    trained.remove(lost)
    trained.path_of(broken).write_bytes(b"TLHEAD01 and no more")
    assert mine(store) == []


def test_other_runs_are_no_networks(store):
    making.add_run(store, owner="me", state=RunState.FINISHED)
    assert mine(store) == []
