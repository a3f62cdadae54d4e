"""The sliders beside a live run: what they show, and that a move is passed on once."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import knobs, session
from tests.pages.components.records import run_of
from tests.store.making import add_run, open_store
from tfcore.events import RunState
from tfcore.settings import AttackSettings

S = RunState


def attack(**given):
    whole = AttackSettings.model_validate(given)
    return run_of({}, kind="attack", settings=whole.model_dump(), state=S.RUNNING)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ["epsilon", "step_size", "tv_weight"]),
        ({"method": "cw"}, []),
        ({"method": "deepfool"}, []),
        ({"method": "lesson"}, ["step_size"]),
        ({"smallest": True}, ["tv_weight"]),
        ({"vary": "epsilon", "values": "1, 2"}, ["step_size", "tv_weight"]),
        (
            {"vary": "method", "values": "lesson, deepfool, fgsm"},
            ["epsilon", "step_size", "tv_weight"],
        ),
        ({"vary": "method", "values": "cw, deepfool", "norm": "l2"}, []),
    ],
)
def test_only_what_makes_a_difference_has_a_slider(given, names):
    assert knobs._moving(attack(**given)) == names


@pytest.mark.parametrize(
    ("given", "most"),
    [
        ({"epsilon": 8}, 3.0),
        ({"epsilon": 8, "vary": "epsilon", "values": "4, 1, 2"}, 1.0),
        ({"method": "lesson"}, float("inf")),
    ],
)
def test_no_step_can_be_chosen_that_is_longer_than_the_budget(given, most):
    assert knobs._longest_step(attack(**given), {"epsilon": 3.0}) == most


def page(folder: str, run: str) -> None:
    """One tick of the page; imports stand inside, since only the body is run."""
    from pathlib import Path
    from types import SimpleNamespace

    from pages.components import knobs, session
    from tests.store.making import ask, open_store

    store = open_store(Path(folder))
    session.link = lambda: SimpleNamespace(store=store)
    session.command = lambda run, verb, changes: ask(store, run, verb, changes)
    knobs.live(store.run(run))
    store.close()


@pytest.fixture
def store(tmp_path, monkeypatch):
    for name in ("link", "command"):
        monkeypatch.setattr(session, name, getattr(session, name))  # put back afterwards
    made = open_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def run(store):
    return add_run(store, kind="attack", state=S.RUNNING, fields={"step": 5}, epsilon=8.0)


@pytest.fixture
def app(store, run, tmp_path):
    made = AppTest.from_function(page, args=(str(tmp_path), run), default_timeout=30).run()
    assert not made.exception
    return made


def shown(app):
    return [slider.value for slider in app.select_slider]


def acted(store, run, changes):
    """What the engine writes down when a command has acted."""
    command = store.open_commands(run)[0].id
    store.add_mark(run, 5, command, changes)
    store.handled(command)


def test_the_sliders_show_what_holds(app, store, run):
    assert shown(app) == [8.0, 2.0, 0.0]
    assert app.select_slider[1].options[-1] == "8"
    store.add_mark(run, 4, 1, {"epsilon": 3.0, "step_size": 0.1875})  # in another window
    app.run()
    assert shown(app) == [3.0, 0.1875, 0.0]
    assert app.select_slider[1].options[-1] == "2"  # no step longer than the budget
    assert not app.warning


def test_what_was_moved_is_asked_once_and_stays_until_it_has_acted(app, store, run):
    app.select_slider[0].set_value(6.0).run()
    app.run()
    assert [one.payload for one in store.open_commands(run)] == [{"epsilon": 6.0}]
    assert shown(app) == [6.0, 2.0, 0.0]
    app.select_slider[0].set_value(4.0).run()  # moved on before the first has acted
    acted(store, run, {"epsilon": 6.0, "step_size": 1.5})
    app.run()
    assert shown(app)[0] == 4.0
    acted(store, run, {"epsilon": 4.0, "step_size": 1.0})
    app.run()
    assert shown(app) == [4.0, 1.0, 0.0]
    assert store.open_commands(run) == []


def test_a_value_that_something_else_replaced_can_be_asked_for_again(app, store, run):
    app.select_slider[1].set_value(1.0).run()
    acted(store, run, {"step_size": 1.0})
    app.select_slider[0].set_value(4.0).run()
    acted(store, run, {"epsilon": 4.0, "step_size": 0.5})
    app.run()
    assert shown(app)[1] == 0.5
    app.select_slider[1].set_value(1.0).run()
    assert [one.payload for one in store.open_commands(run)] == [{"step_size": 1.0}]
