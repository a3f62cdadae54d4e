"""One run over several workers: every photo told once, whoever dies."""

import pytest

from tests.engine.stage import BATCH, SHARD, Stage
from tests.engine.tiny import of
from tfcore.engine.fanout import MOST_DEATHS
from tfcore.engine.futures import WorkerLost
from tfcore.engine.shards import CONCLUDE, PREPARE
from tfcore.engine.tally import Before
from tfcore.errors import UserError
from tfcore.events import Checkpoint, Failed, Reached, Started


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


def test_what_a_precision_gained_is_told_in_the_end():
    stage = Stage(shards=1)
    stage.plan = stage.plan.model_copy(update={"probe": {"speed_up": 1.5, "similarity": 0.9998}})
    stage.prepared().compute(0)
    assert stage.given[-1].number == CONCLUDE
    assert stage.given[-1].totals["probe"] == {"speed_up": 1.5, "similarity": 0.9998}
