"""How few photos are enough: dots and means while it goes on, and a sentence at the end."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import few
from tests.pages.components.heads_made import add_head, data_set, open_page
from tests.store.making import add_run
from tfcore.events import RunState

SECONDS = 90
PETS = ["cat"] * 12 + ["dog"] * 18
REACHED = [(2, 0.5), (2, 0.6), (8, 0.8), (8, 0.9), (24, 0.9), (24, 0.92)]


def rows(reached):
    return [
        (step, {"photos": float(photos), "accuracy": accuracy})
        for step, (photos, accuracy) in enumerate(reached, 1)
    ]


@pytest.fixture
def store(tmp_path, monkeypatch):
    return open_page(tmp_path, monkeypatch)


def page(run):
    def script(run):
        import streamlit as st

        from pages.components import session, taught

        found = session.link().store.run(run)
        taught.body(found, "")
        if not found.state.is_live:
            taught.show(found)
        st.text("the end")

    return AppTest.from_function(script, default_timeout=SECONDS, args=(run,))


def words(app):
    assert not app.exception, app.exception[0].message
    assert app.text[-1].value == "the end"
    return "\n".join(text.value for text in app.markdown)


def test_each_number_of_photos_has_its_mean_and_an_interval_once_there_are_two():
    points = few.points_of(rows(REACHED[:3]))
    assert [(point.photos, point.mean) for point in points] == [
        (2, pytest.approx(0.55)),
        (8, pytest.approx(0.8)),
    ]
    assert points[0].ci_low is not None
    assert 0 <= points[0].ci_low < 0.55 < points[0].ci_high <= 1
    assert points[1].ci_low is None
    mean, single = few.lines(points)
    assert len(mean.points) == 2
    assert len(single.points) == 3
    assert not single.is_joined


def test_where_it_stops_rising_is_said():
    said = few.verdict(few.points_of(rows([*REACHED, (48, 0.91), (48, 0.93)])), 0.6)
    assert "**24 photos are nearly enough:**" in said
    assert "Guessing would reach 60 %" in said
    assert "**More photos would still help:**" in few.verdict(few.points_of(rows(REACHED)), 0.0)


def test_a_curve_that_goes_on_is_drawn_as_far_as_it_is_known(store, tmp_path):
    extract, _ = data_set(store, tmp_path / "pets", PETS)
    run = add_run(store, state=RunState.RUNNING, kind="curve", extract=extract)
    assert "The first point is on its way" in words(page(run).run())
    store.add_metrics(run, rows(REACHED))
    assert "The first point is on its way" not in words(page(run).run())
    store.update(run, state=RunState.FINISHED, summary={"chance": 0.6})
    assert "More photos would still help" in words(page(run).run())


def test_a_head_offers_the_question_until_it_was_answered(store, tmp_path):
    extract, photos = data_set(store, tmp_path / "pets", PETS)
    head = add_head(store, extract, photos)
    app = page(head).run()
    assert [button.label for button in app.button if button.key == "few.go"] == ["Find out"]
    run = add_run(store, state=RunState.FINISHED, kind="curve", extract=extract)
    store.add_metrics(run, rows(REACHED))
    app = page(head).run()
    assert not [button for button in app.button if button.key == "few.go"]
    assert "More photos would still help" in words(app)
