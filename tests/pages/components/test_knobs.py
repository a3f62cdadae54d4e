"""The sliders beside a live run: what they show, and that a move is passed on once."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import knobs
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
    from tests.store.making import open_store

    store = open_store(Path(folder))
    session.link = lambda: SimpleNamespace(store=store)
    session.command = lambda *given: asked.append(given)
    asked: list[tuple] = []
    knobs.live(store.run(run))
    knobs.st.session_state["told"] = asked
    store.close()


def test_the_sliders_show_what_holds(tmp_path, monkeypatch):
    from pages.components import session

    for name in ("link", "command"):
        monkeypatch.setattr(session, name, getattr(session, name))  # put back afterwards
    store = open_store(tmp_path)
    run = add_run(store, kind="attack", state=S.RUNNING, fields={"step": 5}, epsilon=8.0)
    app = AppTest.from_function(page, args=(str(tmp_path), run), default_timeout=30).run()
    assert not app.exception

    def shown():
        return [slider.value for slider in app.select_slider]

    assert shown() == [8.0, 2.0, 0.0]
    assert app.select_slider[1].options[-1] == "8"
    store.add_mark(run, 4, 1, {"epsilon": 3.0, "step_size": 0.1875})
    app.run()
    assert shown() == [3.0, 0.1875, 0.0]
    assert app.select_slider[1].options[-1] == "2"
    assert not app.warning
    store.close()
