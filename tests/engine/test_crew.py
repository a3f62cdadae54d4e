"""Which extractions go, and what passes between them and the cluster."""

import queue
from types import SimpleNamespace

import pytest

from tests.engine.tiny import order
from tests.store import making
from tfcore.config import Config
from tfcore.engine import crew as crew_module
from tfcore.engine.cluster import SHARD_RESOURCE, Capacity
from tfcore.engine.commands import Desk
from tfcore.engine.crew import PATIENCE_SECONDS, Crew
from tfcore.engine.record import Recorder
from tfcore.engine.shards import PREPARE
from tfcore.events import RunState, Verb

SPACE = {"network": "x", "weights": "", "size": 8, "preprocessing": "none", "dim": 3}


class Client:
    """Takes what Dask would take, and keeps it."""

    def __init__(self):
        self.given, self.topics, self.said = [], [], []

    def submit(self, task, part, *, resources, pure):
        future = SimpleNamespace(
            part=part, resources=resources, released=False, status="finished", exception=None
        )
        future.add_done_callback = lambda call: setattr(future, "call", call)
        future.release = lambda: setattr(future, "released", True)
        self.given.append(future)
        return future

    def subscribe_topic(self, topic, handler):
        self.topics.append(topic)

    def log_event(self, topic, message):
        self.said.append(message)


class Room:
    def __init__(self, folder, *, is_own=True, shards=1):
        self.beside = 0
        self.store = making.open_store(folder)
        self.inbox = queue.SimpleQueue()
        config = Config(data=folder, worker_memory_mb=8000)
        recorder = Recorder(self.store, Desk(self.store, config, lambda order: None))
        self.crew = Crew(
            self.store, config, recorder.write, recorder.settle, self.inbox.put, lambda: self.beside
        )
        self.client = Client()
        capacity = Capacity(1, shards)
        self.cluster = SimpleNamespace(client=self.client, capacity=capacity, is_own=is_own)
        self.crew.open(self.cluster)

    def run(self):
        scan = making.add_run(self.store, kind="scan", data="digits")
        self.store.add_artifact(scan, "listing.jsonl", b"the listing")
        return making.add_run(self.store, kind="extract", scan=scan)

    def start(self):
        run = self.run()
        self.crew.start(self.store.run(run), is_paused=False)
        return run

    def report(self, run, kind, attempt=1, **fields):
        return self.crew.take("report", {"type": kind, "run": run, "attempt": attempt, **fields})

    def plan(self, run, shards=3):
        return self.report(
            run,
            "prepared",
            space=SPACE,
            photos=64 * shards,
            known=0,
            shards=[(64, b"%d" % number) for number in range(shards)],
        )

    def drain(self):
        ended = False
        while not self.inbox.empty():
            ended |= self.crew.take(*self.inbox.get())
        return ended


@pytest.fixture
def room(tmp_path):
    made = Room(tmp_path)
    yield made
    made.store.close()


def test_a_worker_is_given_two_shards_of_a_resource_of_their_own(room):
    run = room.start()
    (prepare,) = room.client.given
    assert (prepare.part["number"], prepare.part["content"]) == (PREPARE, b"the listing")
    room.plan(run)
    shards = room.client.given[1:]
    assert [future.part["content"] for future in shards] == [b"0", b"1"]
    assert sum(future.resources[SHARD_RESOURCE] for future in room.client.given[1:]) == 1
    record = room.store.run(run)
    assert (record.state, record.steps, record.attempt) == (RunState.RUNNING, 192, 1)


def test_only_one_extraction_goes_at_a_time(room):
    assert room.crew.has_place
    run = room.start()
    assert not room.crew.has_place
    assert room.crew.runs == {run}


def test_reports_of_another_attempt_count_for_nothing(room):
    run = room.start()
    room.report(run, "prepared", attempt=2, space=SPACE, photos=1, known=1, shards=[])
    room.report("other", "batch", shard=0, done=32, worker="w")
    assert len(room.client.given) == 1


def test_a_stop_is_acted_on_from_the_inbox_and_reaches_workers_and_record(room):
    run = room.start()
    room.plan(run)
    room.report(run, "batch", shard=0, done=32, worker="w")
    asked = order(Verb.STOP)
    assert not room.crew.pass_on(asked), "a run that is not here"
    asked = asked.model_copy(update={"run": run})
    assert room.crew.pass_on(asked)
    assert room.client.said == []
    assert not room.drain()
    (said,) = room.client.said
    assert (said["verb"], said["run"], said["attempt"]) == (Verb.STOP, run, 1)
    assert room.client.given[2].released, "nobody had begun with it"
    row = {"photos": 32.0, "set_aside": 0.0, "waiting": 0.0, "computing": 1.0}
    assert room.report(run, "shard", shard=0, worker="w", rows=[row])
    record = room.store.run(run)
    assert (record.state, record.step) == (RunState.STOPPED, 32)
    assert record.is_settled
    assert room.crew.has_place


def test_a_task_that_ends_is_known_by_its_part(room):
    run = room.start()
    room.plan(run, shards=1)
    future = room.client.given[1]
    future.status = "lost"
    future.call(future)
    assert not room.drain()
    assert [one.part["number"] for one in room.client.given] == [PREPARE, 0, 0]
    future.call(room.client.given[2])


def test_shards_wait_while_a_run_beside_them_needs_the_memory(room):
    run = room.start()
    room.beside = 7900
    room.crew.beat()
    room.plan(run)
    assert len(room.client.given) == 1
    assert "memory" in room.store.run(run).stage
    room.beside = 900
    room.crew.beat()
    assert len(room.client.given) == 1 + 2


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(crew_module, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


def test_without_a_worker_for_shards_it_says_so_and_does_not_wait_for_ever(tmp_path, clock):
    room = Room(tmp_path, is_own=False, shards=0)
    run = room.start()
    assert not room.crew.take("capacity", Capacity(1, 0))
    record = room.store.run(run)
    assert record.state is RunState.RUNNING
    assert "--resources" in record.stage
    clock.seconds += PATIENCE_SECONDS + 1
    assert room.crew.take("capacity", Capacity(1, 0))
    record = room.store.run(run)
    assert record.state is RunState.FAILED
    assert '"shard"' in record.reason
    room.store.close()


def test_workers_that_join_are_used(tmp_path, clock):
    room = Room(tmp_path, is_own=False, shards=0)
    run = room.start()
    room.crew.take("capacity", Capacity(1, 0))
    clock.seconds += PATIENCE_SECONDS - 1
    room.crew.take("capacity", Capacity(1, 1))
    room.plan(run, shards=9)
    assert len(room.client.given) == 1 + 2
    room.crew.take("capacity", Capacity(1, 3))
    assert len(room.client.given) == 1 + 6
    clock.seconds += 2 * PATIENCE_SECONDS
    assert not room.crew.take("capacity", Capacity(1, 0)), "patience begins anew"
    room.store.close()


def test_a_cluster_is_counted_now_and_then_and_its_places_are_its_workers(tmp_path, clock):
    room = Room(tmp_path, is_own=False, shards=0)
    workers = {"a": {"resources": {"run": 1, "shard": 1}}, "b": {"resources": {"shard": 1}}}
    room.client.scheduler_info = lambda n_workers: {"workers": {**workers, "c": {}}}
    room.crew.beat()
    assert room.crew.take(*room.inbox.get(timeout=10)) is False
    assert room.cluster.capacity == Capacity(1, 2)
    room.crew.beat()
    assert room.inbox.empty(), "not at each beat"
    workers.clear()
    clock.seconds += 60
    room.crew.beat()
    room.crew.take(*room.inbox.get(timeout=10))
    assert '"run"' in room.store.engine_status()["stage"]
    room.store.close()
