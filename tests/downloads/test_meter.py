"""How far a download is: what is told, how often, and when it stops."""

import pytest

from tests.engine.tiny import Clock
from tfcore.downloads.meter import DownloadStopped, Meter, Transfer

MB = 1_000_000


def told_of(steps, *, total=100 * MB):
    """What is told of bytes that come in ``(seconds, bytes)``."""
    clock, told = Clock(), []
    meter, done = Meter(told.append, None, clock), 0
    for seconds, more in steps:
        clock.now += seconds
        done += more
        meter.reached(done, total)
    return told


@pytest.mark.parametrize(
    ("transfer", "text"),
    [
        (Transfer(45 * MB, 102 * MB, 3.2 * MB), "45 of 102 MB, 3.2 MB/s, 18 s left"),
        (Transfer(45 * MB, 553 * MB, 1.0 * MB), "45 of 553 MB, 1.0 MB/s, 8 min left"),
        (Transfer(0, 102 * MB), "0 of 102 MB"),
        (Transfer(MB, 2 * MB, 0.02 * MB), "1.0 of 2.0 MB, 0.020 MB/s, 50 s left"),
    ],
)
def test_a_sentence_for_people(transfer, text):
    assert str(transfer) == text


def test_it_tells_four_times_a_second_at_most_and_always_of_the_end():
    told = told_of([(0.01, MB)] * 100)
    assert 4 <= len(told) <= 6
    assert told[-1].done == 100 * MB


def test_the_rate_is_the_one_of_late():
    slow_then_fast = told_of([(1, MB // 10)] * 20 + [(1, 4 * MB)] * 8)
    assert slow_then_fast[15].rate == pytest.approx(MB / 10, rel=0.01)
    assert slow_then_fast[-1].rate == pytest.approx(4 * MB, rel=0.01)
    assert slow_then_fast[-1].seconds_left == pytest.approx((100 - 34) / 4, rel=0.01)


def test_the_rate_counts_what_came_now_and_not_what_was_here_before():
    told = told_of([(0, 50 * MB), (1, 2 * MB)])
    assert told[0].rate == 0
    assert told[-1].rate == pytest.approx(2 * MB)


def test_a_fresh_start_has_no_negative_rate():
    told = told_of([(1, 50 * MB), (1, -50 * MB), (1, 2 * MB)])
    assert [transfer.rate for transfer in told] == [0, 0, 2 * MB]


def test_it_stops_when_told_to():
    answers = iter([False, True])
    meter = Meter(None, lambda: next(answers))
    meter.reached(1, 2)
    with pytest.raises(DownloadStopped):
        meter.reached(2, 2)


def test_while_nothing_comes_the_rate_falls_and_a_stop_is_heard():
    clock, told, is_over = Clock(), [], []
    meter = Meter(told.append, lambda: bool(is_over), clock)
    meter.beat()
    assert told == []
    for seconds in (1, 1):
        clock.now += seconds
        meter.reached(len(told) * MB, 9 * MB)
    clock.now += 3
    meter.beat()
    assert [transfer.done for transfer in told] == [0, MB, MB]
    assert 0 < told[-1].rate < told[-2].rate
    is_over.append(True)
    with pytest.raises(DownloadStopped):
        meter.beat()
