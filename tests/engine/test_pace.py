"""How fast it comes along, and how long anybody worked."""

import pytest

from tests.engine.tiny import Clock
from tfcore.engine.pace import Pace


def test_only_time_in_which_somebody_works_counts():
    clock = Clock()
    pace = Pace(5.0, clock)
    clock.now += 10
    pace.work(True)
    pace.work(True)
    clock.now += 2
    assert pace.lap() == pytest.approx(2.0)
    clock.now += 1
    pace.work(False)
    clock.now += 50
    assert pace.lap() == 0.0
    pace.work(True)
    clock.now += 1
    assert pace.lap() == pytest.approx(1.0)
    assert pace.seconds == pytest.approx(9.0)


def test_the_rate_is_that_of_late_and_forgets_a_pause():
    clock = Clock()
    pace = Pace(0.0, clock)
    assert pace.rate == 0.0
    pace.work(True)
    for _ in range(30):
        clock.now += 1
        pace.count(10)
    assert pace.rate == pytest.approx(10.0)
    for _ in range(30):
        clock.now += 1
        pace.count(40)
    assert pace.rate == pytest.approx(40.0)
    pace.count(-64)
    assert pace.rate == pytest.approx(40.0)
    pace.work(False)
    clock.now += 100
    pace.work(True)
    assert pace.rate == 0.0
    clock.now += 2
    pace.count(20)
    assert pace.rate == pytest.approx(10.0)


def test_news_come_at_most_four_times_a_second():
    clock = Clock()
    pace = Pace(0.0, clock)
    due = 0
    for _ in range(100):
        clock.now += 0.1
        due += pace.is_due()
    assert due == pytest.approx(33, abs=2)
