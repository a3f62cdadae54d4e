"""One run over several workers, and what people ask of it."""

import pytest

from tests.engine.stage import BATCH, SHARD, Stage
from tests.engine.tiny import of
from tfcore.engine.futures import WorkerLost
from tfcore.engine.loop import PARK
from tfcore.engine.shards import PREPARE
from tfcore.events import Finished, Metrics, Parked, RunState, StateChanged, Verb


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
