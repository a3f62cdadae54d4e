"""Choosing two runs: the address counts, a sensible partner is found, and nobody is left alone."""

from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components import pair, session
from tests.store.making import add_run, open_store
from tfcore.events import RunState

SECONDS = 20
GOOD = {"step": 256, "seconds": 9.0, "summary": {"probability_png": 0.97}}


@pytest.fixture
def store(tmp_path, monkeypatch):
    """The store that the page reads; links to other pages need a whole app, so they are noted."""
    made = open_store(tmp_path)
    monkeypatch.setattr(session, "link", lambda: SimpleNamespace(store=made))
    monkeypatch.setattr(st, "page_link", lambda page, label, **_: st.text(f"{page}: {label}"))
    return made


def ended(store, state=RunState.FINISHED, **settings):
    return add_run(store, state=state, fields=GOOD, **settings)


def page():
    def script():
        import streamlit as st

        from pages.components import pair

        chosen = pair.choose()
        st.text(f"chosen: {[run.id for run in chosen] if chosen else None}")

    return AppTest.from_function(script, default_timeout=SECONDS)


def chosen(app):
    assert not app.exception
    return app.text[-1].value


def test_with_fewer_than_two_the_page_says_what_to_press(store):
    add_run(store, state=RunState.RUNNING)
    app = page().run()
    assert "No run has ended here" in app.info[0].value
    assert app.text[0].value == "pages/synthesize.py: Grow the first picture"
    assert chosen(app) == "chosen: None"
    ended(store)
    app.run()
    assert "Only one run has ended" in app.info[0].value
    assert app.text[0].value == "pages/synthesize.py: Grow another picture"


def test_a_link_names_the_left_run_and_the_best_partner_stands_beside_it(store):
    cat, zebra = ended(store), ended(store, target="zebra")
    smooth, again = ended(store, tv_weight=0.02), ended(store)
    app = page()
    app.query_params["a"] = cat
    app.run()
    assert chosen(app) == f"chosen: {[cat, smooth]}"
    app.selectbox[1].select(zebra).run()
    assert chosen(app) == f"chosen: {[cat, zebra]}"
    assert (app.query_params["a"], app.query_params["b"]) == (cat, zebra)
    app.query_params["a"], app.query_params["b"] = again, smooth
    app.run()
    assert chosen(app) == f"chosen: {[again, smooth]}", "a followed link counts more than the past"


def test_a_mangled_address_gets_a_sentence_and_others_instead(store):
    cat, waiting = ended(store), add_run(store)
    smooth = ended(store, RunState.STOPPED, tv_weight=0.02)
    for wrong in ("../../etc", waiting, "' OR 1=1"):
        app = page()
        app.query_params["a"], app.query_params["b"] = wrong, cat
        app.run()
        assert "has not ended yet, was deleted, or has a typo" in app.warning[0].value
        assert chosen(app) == f"chosen: {[smooth, cat]}"


def test_a_run_older_than_the_list_is_found_by_its_address(store, monkeypatch):
    oldest = ended(store)
    newer = [ended(store, seed=seed) for seed in (1, 2)]
    monkeypatch.setattr(pair, "_MOST", 2)
    app = page()
    app.query_params["a"], app.query_params["b"] = newer[0], oldest
    app.run()
    assert chosen(app) == f"chosen: {[newer[0], oldest]}"


def test_a_run_is_described_by_what_tells_it_from_others(store):
    said = pair.describe(store.run(ended(store, seed=7)))
    for part in ("natural, 256 steps", "97 %", "seed 7", "UTC"):
        assert part in said
