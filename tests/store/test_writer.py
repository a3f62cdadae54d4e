"""Writing the store: all or nothing, bounded, and gone when it is deleted."""

from itertools import pairwise

import pytest

from tests.store import making
from tfcore.events import RunState
from tfcore.store.writer import MOST_FRAMES

TABLES = ("metrics", "frames", "marks", "artifacts", "checkpoints")


@pytest.fixture
def store(tmp_path):
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def fill(store, run):
    store.add_metrics(run, [(1, {"total": 1.0})])
    store.add_frame(run, 1, b"jpeg", [(1, 0.5)])
    store.add_mark(run, 1, 1, {"tv_weight": 0.1})
    store.add_artifact(run, "image.png", b"png")
    store.save_checkpoint(run, 1, b"state")


def rows(store, run):
    return [
        store._db.execute(
            f"SELECT count(*) FROM {table} WHERE run = ?",  # noqa: S608  # names of our own
            (run,),
        ).fetchone()[0]
        for table in TABLES
    ]


def test_a_transaction_that_breaks_leaves_nothing(store):
    run = making.add_run(store)

    def half():
        with store.transaction():
            store.update(run, step=5)
            fill(store, run)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert store.run(run).step == 0
    assert rows(store, run) == [0] * 5
    with store.transaction():
        store.update(run, step=6)
    assert store.run(run).step == 6


def test_delete_takes_everything_of_one_run_alone(store):
    mine, other = making.add_run(store), making.add_run(store)
    for run in (mine, other):
        fill(store, run)
    store.delete(mine)
    assert store.run(mine) is None
    assert rows(store, mine) == [0] * 5
    assert rows(store, other) == [1] * 5


def test_frames_are_thinned_and_the_first_and_the_last_are_kept(store):
    written = range(0, 7 * 400, 7)
    for step in written:
        store.add_frame("r", step, b"x", [])
        steps = store.frame_steps("r")
        assert len(steps) <= MOST_FRAMES
        assert steps[0] == 0
        assert steps[-1] == step
    gaps = [b - a for a, b in pairwise(steps)]
    assert max(gaps) <= 7 * 8  # the growth has no hole
    assert len(steps) > MOST_FRAMES // 4


def test_exactly_as_many_frames_as_allowed_are_left_alone(store):
    for step in range(MOST_FRAMES):
        store.add_frame("r", step, b"x", [])
    assert store.frame_steps("r") == list(range(MOST_FRAMES))


def test_a_step_done_again_replaces_itself(store):
    store.add_metrics("r", [(1, {"total": 1.0}), (2, {"total": 2.0})])
    store.add_metrics("r", [(2, {"total": 9.0}), (3, {"total": 3.0})])
    assert store.all_metrics("r") == [(1, {"total": 1.0}), (2, {"total": 9.0}), (3, {"total": 3.0})]


def test_a_mark_is_recorded_once_and_marks_come_in_order(store):
    store.add_mark("r", 8, 3, {"tv_weight": 0.3})
    store.add_mark("r", 4, 2, {"tv_weight": 0.2})
    store.add_mark("r", 8, 1, {"tv_weight": 0.1})
    store.add_mark("r", 9, 3, {"tv_weight": 0.9})
    assert [(mark.step, mark.command, mark.changes["tv_weight"]) for mark in store.marks("r")] == [
        (4, 2, 0.2),
        (8, 1, 0.1),
        (8, 3, 0.3),
    ]


def test_a_checkpoint_replaces_the_one_before(store):
    assert store.checkpoint("r") is None
    store.save_checkpoint("r", 5, b"five")
    store.save_checkpoint("r", 9, b"nine")
    assert store.checkpoint("r") == (9, b"nine")
    store.drop_checkpoint("r")
    assert store.checkpoint("r") is None


def test_attempts_count_up_and_the_last_start_is_remembered(store, monkeypatch):
    now = [50.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    run = making.add_run(store)
    assert store.begin_attempt(run) == 1
    now[0] = 60.0
    assert store.begin_attempt(run) == 2
    assert store.run(run).started == 60.0


def test_a_submission_taken_twice_makes_one_run(store):
    run = making.add_run(store, state=RunState.RUNNING, steps=7)
    command = store.submission(run)
    store.create(command, title="again", settings={"kind": "synthesize", "steps": 9})
    assert (store.run(run).steps, store.run(run).state) == (7, RunState.RUNNING)


def test_a_handled_command_lets_go_of_its_photo(store):
    run = store.submit({}, owner="a", photo=b"x" * 1000)
    store.handled(store.submission(run).id)
    assert store.submission(run).content is None
    assert store.submission(run).refusal is None


def test_the_engine_says_how_it_is(store):
    store.say(stage="Loading", ready="")
    store.say(ready="yes")
    assert store.engine_status() == {"stage": "Loading", "ready": "yes"}


def test_expired_leases_are_forgotten(store, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 10.0)
    store.renew_lease("gone", 5)
    store.renew_lease("here", 50)
    monkeypatch.setattr("time.time", lambda: 20.0)
    store.clear_expired_leases()
    left = store._db.execute("SELECT holder FROM leases").fetchall()
    assert [row["holder"] for row in left] == ["here"]


def test_the_size_grows_with_what_is_kept_and_shrinks_when_it_is_deleted(store):
    run = making.add_run(store)
    before = store.size_mb()
    store.add_artifact(run, "image.png", bytes(3_000_000))
    assert store.size_mb() - before == pytest.approx(3.0, abs=0.1)
    store.delete(run)
    assert store.size_mb() == pytest.approx(before, abs=0.1)
