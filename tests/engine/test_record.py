"""The recorder: only the attempt that counts writes, and nothing is written after the end."""

import pytest

from tests import trained_making
from tests.store import making
from tests.store.making import ask
from tfcore import events, trained
from tfcore.config import Config
from tfcore.engine.commands import Desk
from tfcore.engine.record import Recorder
from tfcore.events import RunState

S = RunState


class Bench:
    def __init__(self, folder):
        self.store = making.open_store(folder)
        config = Config(data=folder, worker_memory_mb=8000)
        self.recorder = Recorder(self.store, Desk(self.store, config, [].append))
        self.id = making.add_run(self.store, state=S.RUNNING, fields={"attempt": 2})

    @property
    def run(self):
        return self.store.run(self.id)

    def write(self, kind, attempt=2, **fields):
        self.recorder.write(kind(run=self.id, attempt=attempt, **fields))

    def everything(self):
        return (
            self.run,
            self.store.all_metrics(self.id),
            self.store.frame_steps(self.id),
            self.store.marks(self.id),
            self.store.checkpoint(self.id),
            self.store.artifact(self.id, "image.png"),
        )


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.store.close()


ROWS = {"rows": [(1, {"total": 1.0}), (2, {"total": 0.5})], "rate": 8.0, "seconds": 0.25}
EVERY = [
    (events.Started, {"step": 4}),
    (events.Progress, {"stage": "Loading"}),
    (events.Metrics, ROWS),
    (events.Frame, {"step": 4, "jpeg": b"x", "top5": []}),
    (events.Steered, {"step": 4, "changes": {"tv_weight": 0.1}, "command": 9}),
    (events.StateChanged, {"state": S.PAUSED, "step": 4, "command": 9}),
    (events.Checkpoint, {"step": 4, "state": b"x"}),
    (events.Parked, {"step": 4}),
    (events.Finished, {"state": S.FINISHED, "step": 4, "summary": {"a": 1}, "png": b"png"}),
    (events.SecondOpinion, {"network": "vgg16", "verdict": {"rank": 1}}),
    (events.Failed, {"step": 4, "reason": "broken"}),
]
NAMES = [kind.__name__ for kind, _ in EVERY]


@pytest.mark.parametrize(("kind", "fields"), EVERY, ids=NAMES)
def test_every_event_writes_and_one_of_another_attempt_writes_nothing(bench, kind, fields):
    before = bench.everything()
    bench.write(kind, attempt=1, **fields)
    bench.write(kind, attempt=3, **fields)
    assert bench.everything() == before
    bench.write(kind, **fields)
    assert bench.everything() != before


@pytest.mark.parametrize("state", [S.FINISHED, S.STOPPED, S.FAILED, S.INTERRUPTED])
@pytest.mark.parametrize(("kind", "fields"), EVERY, ids=NAMES)
def test_after_the_end_only_second_opinions_are_written(bench, kind, fields, state):
    bench.store.update(bench.id, state=state)
    before = bench.everything()
    bench.write(kind, **fields)
    assert (bench.everything() == before) == (kind is not events.SecondOpinion)


def test_an_event_of_a_deleted_run_is_dropped(bench):
    bench.store.delete(bench.id)
    bench.write(events.Metrics, **ROWS)
    assert bench.store.all_metrics(bench.id) == []


def test_figures_move_the_run_on_and_end_the_stage(bench):
    bench.store.update(bench.id, stage="Compiling", seconds=1.0)
    bench.write(events.Metrics, **ROWS)
    assert bench.store.all_metrics(bench.id) == [(1, {"total": 1.0}), (2, {"total": 0.5})]
    assert (bench.run.step, bench.run.rate, bench.run.stage) == (2, 8.0, "")
    assert bench.run.seconds == 1.25


def test_a_commands_effect_closes_it(bench):
    pause, steer = (ask(bench.store, bench.id, verb) for verb in ("pause", "steer"))
    bench.write(events.StateChanged, state=S.PAUSED, step=3, command=pause)
    assert bench.run.state is S.PAUSED
    assert [c.id for c in bench.store.open_commands()] == [steer]
    bench.write(events.Steered, step=3, changes={"tv_weight": 0.5}, command=steer)
    assert bench.store.open_commands() == []
    assert [(m.step, m.command) for m in bench.store.marks(bench.id)] == [(3, steer)]


@pytest.mark.parametrize(("state", "is_kept"), [(S.FINISHED, False), (S.STOPPED, True)])
def test_only_what_can_go_on_keeps_its_checkpoint(bench, state, is_kept):
    bench.write(events.Checkpoint, step=7, state=b"state")
    stop, late = (ask(bench.store, bench.id, verb) for verb in ("stop", "pause"))
    command = stop if state is S.STOPPED else None
    bench.write(events.Finished, state=state, step=8, summary={"a": 1}, png=b"png", command=command)
    assert (bench.store.checkpoint(bench.id) is not None) == is_kept
    assert (bench.run.state, bench.run.step, bench.run.summary) == (state, 8, {"a": 1})
    assert bench.run.ended is not None
    assert bench.store.artifact(bench.id, "image.png") == b"png"
    assert (bench.store.refusal(stop) is None) == (state is S.STOPPED)
    assert str(state) in bench.store.refusal(late)


def test_second_opinions_gather_and_the_empty_one_is_the_last(bench):
    bench.write(events.Finished, state=S.FINISHED, step=8, summary={"is_judged": False}, png=None)
    for network, rank in (("vgg16", 1), ("resnet50", 3)):
        bench.write(events.SecondOpinion, network=network, verdict={"rank": rank})
    assert bench.run.summary["is_judged"] is False
    bench.write(events.SecondOpinion, network="", verdict={})
    opinions = {"vgg16": {"rank": 1}, "resnet50": {"rank": 3}}
    assert bench.run.summary == {"is_judged": True, "second_opinion": opinions}


def test_a_failure_says_why_and_how_far_it_came(bench):
    bench.write(events.Metrics, **ROWS)
    bench.write(events.Checkpoint, step=2, state=b"state")
    command = ask(bench.store, bench.id, "pause")
    bench.write(events.Failed, step=0, reason="lower the learning rate")
    assert (bench.run.state, bench.run.step) == (S.FAILED, 2)
    assert bench.run.reason == "lower the learning rate"
    assert bench.store.checkpoint(bench.id) is None
    assert "failed" in bench.store.refusal(command)


def test_what_a_failed_run_leaves_is_kept(bench, tmp_path):
    head = trained_making.made().to_bytes()
    left = {"summary": {"best_epoch": 3}, "files": {trained.FILE: head}}
    bench.write(events.Failed, step=4, reason="lower the learning rate", **left)
    assert (bench.run.state, bench.run.summary) == (S.FAILED, {"best_epoch": 3})
    assert bench.store.artifact(bench.id, trained.FILE) == head
    assert trained.path_of(trained.name_of(bench.id), tmp_path).read_bytes() == head


def test_a_run_given_up_by_the_engine_has_failed(bench):
    bench.write(events.Checkpoint, step=2, state=b"state")
    bench.recorder.fail(bench.id, "out of memory")
    assert (bench.run.state, bench.run.reason) == (S.FAILED, "out of memory")
    assert bench.store.checkpoint(bench.id) is None


def test_only_a_run_with_a_result_is_settled(bench):
    bench.recorder.settle(bench.run)
    assert bench.run.summary == {}
    bench.store.update(bench.id, state=S.STOPPED, summary={"a": 1})
    bench.recorder.settle(bench.run)
    assert bench.run.summary == {"a": 1, "is_judged": True}


def test_an_event_is_written_whole_or_not_at_all(bench, monkeypatch):
    def broken(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(bench.store, "update", broken)
    with pytest.raises(OSError, match="disk full"):
        bench.write(events.Metrics, **ROWS)
    assert bench.store.all_metrics(bench.id) == []
