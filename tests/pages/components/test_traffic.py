"""What everybody who waits is told."""

from types import SimpleNamespace

import pytest

from pages.components import traffic
from tfcore.engine.queue import Place, Traffic


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "how long is not known yet"),
        (0.4, "any moment"),
        (7.6, "about 8 s"),
        (43.2, "about 45 s"),
        (290.0, "about 5 min"),
        (7300.0, "about 2.0 h"),
    ],
)
def test_an_estimate_is_said_as_roughly_as_it_is_known(seconds, said):
    assert traffic.wait(seconds) == said


@pytest.mark.parametrize(
    ("number", "seconds", "said"),
    [
        (1, 12.0, "Next in line · about 12 s …"),
        (3, 61.0, "Number 3 in line · about 60 s …"),
        (2, None, "Number 2 in line · how long is not known yet …"),
    ],
)
def test_who_waits_reads_place_and_time(monkeypatch, number, seconds, said):
    line = Traffic((), {"r": Place(number, seconds)}, None)
    monkeypatch.setattr(traffic, "now", lambda: line)
    assert traffic.place(SimpleNamespace(id="r")) == said
    assert traffic.place(SimpleNamespace(id="asked just now")) == "Getting in line …"


@pytest.mark.parametrize(
    ("running", "waiting", "joining", "said"),
    [
        (0, 0, 0.0, "your picture would be the next"),
        (1, 0, 5.0, "Nobody waits. Joining now, you would wait at most: about 5 s"),
        (1, 1, 65.0, "1 run waits. Joining now, you would wait at most: about 65 s"),
        (1, 4, None, "4 runs wait. Joining now, you would wait at most: how long is not known yet"),
    ],
)
def test_home_says_how_full_it_is(running, waiting, joining, said):
    places = {str(n): Place(n, None) for n in range(waiting)}
    assert said in traffic.crowd(Traffic((SimpleNamespace(),) * running, places, joining))
