"""Events go out at a steady pace, however fast the steps are."""

from itertools import pairwise

import pytest

from tests.engine.tiny import Clock, Tiny, of
from tfcore import images
from tfcore.engine.report import CHECKPOINT_SECONDS, CHECKPOINT_STEPS, TICK_SECONDS, Reporter
from tfcore.events import Checkpoint, Frame, Metrics


class Bench:
    def __init__(self):
        self.clock, self.events = Clock(), []
        self.job = Tiny(1000)
        self.reporter = Reporter(self.job, "r", 3, self.events.append, self.clock)

    def step(self, seconds):
        values = self.job.step()
        self.clock.now += seconds
        self.reporter.stepped(values, seconds)

    def of(self, kind):
        return of(kind, self.events)


@pytest.fixture
def bench():
    return Bench()


def test_the_first_step_is_told_at_once(bench):
    bench.step(0.001)
    assert [row[0] for row in bench.of(Metrics)[0].rows] == [1]
    assert bench.of(Frame)[0].step == 1


def test_fast_steps_travel_in_batches(bench):
    bench.step(0.001)
    for _ in range(100):
        bench.step(TICK_SECONDS / 20)
    assert 4 <= len(bench.of(Frame)[1:]) <= 6
    batches = bench.of(Metrics)[1:]
    assert len(batches) <= len(bench.of(Frame)) + len(bench.of(Checkpoint))
    assert sum(len(batch.rows) for batch in batches) >= 80


def test_pictures_come_however_often_checkpoints_do(bench):
    """Steps so fast that a checkpoint is due before the tick has passed."""
    for _ in range(400):
        bench.step(TICK_SECONDS / 2 / CHECKPOINT_STEPS)
    assert len(bench.of(Frame)) >= 9


def test_slow_steps_are_told_one_by_one(bench):
    for _ in range(4):
        bench.step(2 * TICK_SECONDS)
    assert [len(event.rows) for event in bench.of(Metrics)] == [1, 1, 1, 1]


def test_the_rate_follows_the_steps_of_late(bench):
    for _ in range(200):
        bench.step(0.05)
    assert bench.of(Metrics)[-1].rate == pytest.approx(20, rel=0.05)
    for _ in range(60):
        bench.step(0.5)
    assert bench.of(Metrics)[-1].rate == pytest.approx(2, rel=0.05)


def test_a_pause_counts_neither_for_the_rate_nor_as_stepping(bench):
    for _ in range(50):
        bench.step(0.05)
    before = bench.of(Metrics)[-1].rate
    bench.reporter.flush()
    bench.clock.now += 3600
    bench.reporter.waited()
    for _ in range(20):
        bench.step(0.05)
    assert bench.of(Metrics)[-1].rate == pytest.approx(before, rel=0.1)
    bench.reporter.flush()
    assert sum(event.seconds for event in bench.of(Metrics)) == pytest.approx(70 * 0.05)


def test_nothing_is_sent_twice(bench):
    bench.step(1.0)
    count = len(bench.events)
    bench.reporter.flush()
    bench.reporter.frame()
    bench.reporter.checkpoint()
    bench.reporter.checkpoint()
    assert [type(event) for event in bench.events[count:]] in ([], [Checkpoint])


def test_a_checkpoint_comes_after_so_many_steps_or_so_much_time(bench):
    for _ in range(CHECKPOINT_STEPS * 3):
        bench.step(0.0)
    steps = [event.step for event in bench.of(Checkpoint)]
    assert [b - a for a, b in pairwise(steps)] == [CHECKPOINT_STEPS] * 2
    count = len(steps)
    bench.step(CHECKPOINT_SECONDS + 0.1)
    assert len(bench.of(Checkpoint)) == count + 1


def test_a_checkpoint_never_overtakes_the_figures_of_its_steps(bench):
    """Whoever goes on from it does not come by them again."""
    for _ in range(CHECKPOINT_STEPS * 5):
        bench.step(TICK_SECONDS / 7)
    told = 0
    for event in bench.events:
        if isinstance(event, Metrics):
            told = event.rows[-1][0]
        elif isinstance(event, Checkpoint):
            assert told == event.step
    assert len(bench.of(Checkpoint)) >= 4


def test_a_frame_is_a_jpeg_with_what_the_network_sees_in_it(bench):
    bench.step(0.1)
    (frame,) = bench.of(Frame)
    assert images.decode(frame.jpeg).shape == (8, 8, 3)
    assert frame.top5 == [(1, 0.5)]
    assert (frame.run, frame.attempt) == ("r", 3)


def test_dear_pictures_come_less_often_than_figures(monkeypatch):
    clock, events = Clock(), []
    job = Tiny(steps=60)
    plain = job.preview

    def dear():
        clock.now += 0.04
        return plain()

    monkeypatch.setattr(job, "preview", dear)
    reporter = Reporter(job, "r", 1, events.append, clock)
    for _ in range(60):
        values = job.step()
        clock.now += 0.1
        reporter.stepped(values, 0.1)
    figures = sum(isinstance(event, Metrics) for event in events)
    pictures = sum(isinstance(event, Frame) for event in events)
    assert 0 < pictures < figures / 2
