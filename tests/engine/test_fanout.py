"""One run over several workers: every photo told once, whatever is asked and whoever dies."""

import dataclasses

import pytest

from tests.engine.tiny import Clock, of, order
from tfcore.engine.fanout import MOST_DEATHS, FanOut, Reach
from tfcore.engine.futures import WorkerLost
from tfcore.engine.loop import PARK
from tfcore.engine.reports import Batch, Prepared, ShardDone
from tfcore.engine.shards import CONCLUDE, PREPARE, Part
from tfcore.engine.tally import Before
from tfcore.errors import UserError
from tfcore.events import (
    Checkpoint,
    Failed,
    Finished,
    Metrics,
    Parked,
    Reached,
    RunState,
    Started,
    StateChanged,
    Verb,
)
from tfcore.store.space import Space

SPACE = Space(network="x", weights="", size=8, preprocessing="none", dim=3)
SHARD, BATCH = 64, 32


class Stage:
    """A ``FanOut`` and everything that it asks for; whoever plays the workers is the test."""

    def __init__(self, *, known=0, shards=4, most=2, **options):
        self.given, self.forgotten, self.events, self.stops = [], [], [], 0
        self.clock = Clock()
        reach = Reach(
            give=self.given.append,
            forget=self.forgotten.append,
            stop=self._stop,
            emit=self.events.append,
        )
        part = Part(
            run="r", attempt=1, number=0, settings={}, data="d", root="memory://", content=b""
        )
        before = options.pop("before", Before())
        self.fanout = FanOut(part, reach, before, clock=self.clock, **options)
        self.fanout.begin()
        self.fanout.allow(most)
        self.plan = Prepared(
            run="r",
            attempt=1,
            space=dataclasses.asdict(SPACE),
            photos=known + SHARD * shards,
            known=known,
            shards=[(SHARD, b"%d" % number) for number in range(shards)],
        )

    def _stop(self):
        self.stops += 1

    def prepared(self):
        self.fanout.prepared(self.plan)
        self.fanout.over(PREPARE, None)
        return self

    def batch(self, shard, done):
        self.clock.now += 1.0
        self.fanout.heard(Batch(run="r", attempt=1, shard=shard, done=done, worker=f"w{shard % 3}"))

    def keep(self, shard, *sizes, aside=0, found=0):
        rows = [
            {"photos": float(n), "set_aside": 0.0, "waiting": 0.0, "computing": 1.0} for n in sizes
        ]
        gone = [
            {"file": f"{shard}-{n}", "digest": f"{shard}-{n}", "reason": "changed", "sentence": "."}
            for n in range(aside)
        ]
        if aside:
            rows[-1]["set_aside"] = float(aside)
        self.fanout.kept(
            ShardDone(
                run="r",
                attempt=1,
                shard=shard,
                worker=f"w{shard % 3}",
                rows=rows,
                set_aside=gone,
                found=found,
            )
        )
        self.fanout.over(shard, None)

    def compute(self, shard):
        self.batch(shard, 0)
        self.batch(shard, BATCH)
        self.batch(shard, SHARD)
        self.keep(shard, BATCH, BATCH)

    def ask(self, verb, **more):
        asked = order(verb, **more)
        self.fanout.order(asked)
        return asked.command

    @property
    def numbers(self):
        return [part.number for part in self.given]

    @property
    def rows(self):
        return [row for event in of(Metrics, self.events) for row in event.rows]

    @property
    def told(self):
        return sum(row["photos"] for _, row in self.rows)


def test_all_photos_are_told_once_and_then_it_is_summed_up():
    stage = Stage(known=10, shards=3).prepared()
    assert stage.numbers == [PREPARE, 0, 1]
    (started,) = of(Started, stage.events)
    assert (started.step, started.steps) == (10, 202)
    for shard in (1, 0, 2):
        stage.compute(shard)
    assert stage.numbers == [PREPARE, 0, 1, 2, CONCLUDE]
    assert [step for step, _ in stage.rows] == [42, 74, 106, 138, 170, 202]
    last = stage.given[-1]
    assert (last.steps, last.totals["computed"], last.totals["cache_hits"]) == (202, 192, 10)
    assert (last.totals["passes"], last.totals["workers"]) == (6, 3)
    assert not stage.fanout.has_ended
    stage.fanout.over(CONCLUDE, None)
    assert stage.fanout.has_ended


def test_no_more_is_given_out_than_allowed():
    stage = Stage(shards=100, most=2).prepared()
    assert stage.numbers[1:] == [0, 1]
    stage.compute(1)
    assert stage.numbers[1:] == [0, 1, 2]
    stage.fanout.allow(5)
    assert stage.numbers[1:] == [0, 1, 2, 3, 4, 5]
    stage.fanout.allow(1)
    stage.compute(0)
    assert len(stage.numbers) == 7


def test_what_all_know_needs_nobody():
    stage = Stage(known=5, shards=0).prepared()
    assert stage.numbers == [PREPARE, CONCLUDE]
    assert stage.rows == []


def test_the_header_sees_every_batch_and_the_record_what_is_kept():
    stage = Stage(shards=2).prepared()
    stage.batch(0, BATCH)
    stage.batch(1, BATCH)
    assert [event.step for event in of(Reached, stage.events)] == [32, 64]
    assert of(Reached, stage.events)[-1].rate == pytest.approx(32.0)
    assert stage.rows == []
    stage.keep(0, BATCH, BATCH)
    assert stage.told == 64
    assert of(Reached, stage.events)[-1].step == 96


def test_the_shards_of_a_dead_worker_go_to_others_and_are_told_once():
    stage = Stage(shards=2).prepared()
    stage.batch(0, BATCH)
    stage.fanout.over(0, WorkerLost())
    assert stage.numbers == [PREPARE, 0, 1, 0]
    stage.compute(1)
    assert of(Reached, stage.events)[-1].step == 64, "what died with its worker is taken back"
    stage.compute(0)
    assert stage.told == 128
    assert stage.numbers[-1] == CONCLUDE


def test_what_was_kept_before_its_worker_died_is_found_and_not_told_as_computed():
    stage = Stage(shards=1).prepared()
    stage.fanout.over(0, WorkerLost())
    stage.batch(0, 0)
    stage.keep(0, found=SHARD)
    totals = stage.given[-1].totals
    assert (stage.rows, totals["computed"], totals["cache_hits"]) == ([], 0, SHARD)


@pytest.mark.parametrize("number", [PREPARE, 0, CONCLUDE])
def test_a_part_that_kills_each_worker_ends_the_run_with_a_reason(number):
    stage = Stage(shards=1 if number == 0 else 0)
    if number != PREPARE:
        stage.prepared()
    for _ in range(MOST_DEATHS - 1):
        stage.fanout.over(number, WorkerLost())
        assert stage.numbers[-1] == number
        assert not stage.fanout.has_ended
    stage.fanout.over(number, WorkerLost())
    (failed,) = of(Failed, stage.events)
    assert "memory" in failed.reason
    assert stage.fanout.has_ended


@pytest.mark.parametrize(
    ("error", "words"),
    [(UserError("a", "b", "c"), "got a, expected b"), (OSError("secret"), "engine's log")],
)
def test_what_a_task_raises_ends_the_run_in_a_sentence(error, words):
    stage = Stage(shards=3).prepared()
    stage.fanout.over(0, error)
    (failed,) = of(Failed, stage.events)
    assert words in failed.reason
    assert "secret" not in failed.reason
    assert stage.stops == 1
    assert stage.forgotten == [1]


def test_a_pause_gives_out_nothing_new_and_loses_nothing():
    stage = Stage(shards=3).prepared()
    command = stage.ask(Verb.PAUSE)
    stage.compute(0)
    stage.compute(1)
    assert stage.numbers == [PREPARE, 0, 1]
    assert stage.told == 128
    (state,) = of(StateChanged, stage.events)
    assert (state.state, state.command) == (RunState.PAUSED, command)
    stage.ask(Verb.RESUME)
    assert stage.numbers[-1] == 2
    assert of(StateChanged, stage.events)[-1].state is RunState.RUNNING


def test_a_pause_costs_no_time():
    stage = Stage(shards=3, most=1).prepared()
    stage.compute(0)
    stage.ask(Verb.PAUSE)
    stage.compute(1)
    stage.clock.now += 100.0
    stage.ask(Verb.RESUME)
    stage.compute(2)
    assert sum(event.seconds for event in of(Metrics, stage.events)) == pytest.approx(9.0)
    assert stage.given[-1].totals["seconds"] == pytest.approx(9.0)


@pytest.mark.parametrize("early", [True, False])
def test_a_step_is_one_shard_and_then_a_pause(early):
    stage = Stage(shards=3, is_paused=True)
    if early:
        command = stage.ask(Verb.STEP)
        stage.prepared()
    else:
        command = stage.prepared().ask(Verb.STEP)
    assert stage.numbers == [PREPARE, 0]
    assert of(StateChanged, stage.events) == []
    stage.compute(0)
    (state,) = of(StateChanged, stage.events)
    assert (state.state, state.step, state.command) == (RunState.PAUSED, SHARD, command)
    assert stage.numbers == [PREPARE, 0]


def test_whoever_is_paused_gives_way_when_all_is_back():
    stage = Stage(shards=3).prepared()
    stage.ask(PARK)
    assert not of(Parked, stage.events), "it runs"
    stage.ask(Verb.PAUSE)
    stage.ask(PARK)
    stage.compute(0)
    assert not stage.fanout.has_ended
    stage.compute(1)
    (parked,) = of(Parked, stage.events)
    assert parked.step == 128
    assert stage.fanout.has_ended


def test_a_stop_keeps_what_is_computed_and_asks_for_no_more():
    stage = Stage(shards=4, most=3).prepared()
    stage.batch(0, BATCH)
    stage.batch(1, 0)
    command = stage.ask(Verb.STOP)
    assert stage.forgotten == [2], "nobody has begun with it"
    assert stage.stops == 1
    stage.batch(1, BATCH)
    assert stage.stops == 2, "it did not listen when that was said first"
    stage.keep(0, BATCH)
    assert of(Finished, stage.events) == []
    stage.fanout.over(1, WorkerLost())
    (finished,) = of(Finished, stage.events)
    assert (finished.state, finished.step, finished.command) == (RunState.STOPPED, 32, command)
    assert (finished.summary["images"], stage.told) == (32, 32)
    assert stage.numbers == [PREPARE, 0, 1, 2]
    assert stage.fanout.has_ended


@pytest.mark.parametrize("is_planned", [True, False])
def test_a_stop_before_the_first_shard_and_after_the_last_ends_at_once(is_planned):
    stage = Stage(known=7, shards=0)
    if is_planned:
        stage.prepared()
    stage.ask(Verb.STOP)
    (finished,) = of(Finished, stage.events)
    assert finished.state is RunState.STOPPED
    assert stage.stops == 1, "a download is told too"
    assert stage.fanout.has_ended


def test_orders_act_once_and_on_their_own_attempt():
    stage = Stage(shards=4).prepared()
    stage.ask(Verb.STOP, attempt=2)
    assert stage.stops == 0
    stage.ask(Verb.PAUSE, command=5)
    stage.ask(Verb.RESUME)
    stage.ask(Verb.PAUSE, command=5)
    assert len(of(StateChanged, stage.events)) == 2


def test_what_a_stranger_or_an_older_try_reports_is_not_counted():
    stage = Stage(shards=2, most=1).prepared()
    stage.compute(0)
    stage.compute(0)
    stage.keep(1, BATCH, BATCH)
    stage.keep(1, BATCH, BATCH)
    assert stage.told == 128


def test_a_later_attempt_goes_on_counting_where_the_record_ends():
    """Of 100 known photos 64 were computed by this run, and another one could not be used."""
    aside = ({"file": "f", "digest": "d", "reason": "changed", "sentence": "."},)
    before = Before(computed=64, passes=2, seconds=4.0, set_aside=aside)
    stage = Stage(known=100, shards=1, before=before)
    assert stage.given[0].left_out == ["d"]
    stage.prepared()
    (started,) = of(Started, stage.events)
    assert (started.step, started.steps) == (101, 165)
    stage.compute(0)
    totals = stage.given[-1].totals
    assert (totals["cache_hits"], totals["computed"], totals["passes"]) == (36, 128, 4)
    assert totals["seconds"] == pytest.approx(7.0)


def test_before_is_read_from_the_record():
    stage = Stage(shards=1).prepared()
    stage.keep(0, BATCH, BATCH - 2, aside=2)
    (checkpoint,) = of(Checkpoint, stage.events)
    found = Before.read([row for _, row in stage.rows], 3.0, checkpoint.state)
    assert (found.computed, found.passes, found.seconds) == (62, 2, 3.0)
    assert [one["digest"] for one in found.set_aside] == ["0-0", "0-1"]
    assert stage.rows[-1][0] == 64
    assert Before.read([], 0.0, b'{"cache_hits": 3}') == Before()


def test_features_that_have_gone_from_the_store_are_told_again():
    stage = Stage(known=10, shards=1, before=Before(computed=64)).prepared()
    assert of(Started, stage.events)[0].step == 10
    stage.compute(0)
    assert stage.given[-1].totals["cache_hits"] == 0
    assert stage.given[-1].totals["computed"] == 74
