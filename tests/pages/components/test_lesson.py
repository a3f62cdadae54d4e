"""The lesson on the page: a card an experiment, its next run, and printed beside measured."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import launch, lesson
from tests.pages.components.heads_made import data_set, open_page
from tests.store.making import add_run
from tfcore import lessons, parsing
from tfcore.events import RunState

SECONDS = 30


@pytest.fixture
def store(tmp_path, monkeypatch):
    return open_page(tmp_path, monkeypatch)


@pytest.fixture
def scan(store, tmp_path):
    extract, _ = data_set(store, tmp_path / "pets", ["cat"] * 3 + ["dog"] * 3)
    return store.run(str(store.run(extract).settings["scan"]))


def done(store, settings, summary=None, **fields):
    """A finished run of these settings."""
    whole = parsing.parse(settings).model_dump()
    fields = {"summary": summary or {}, "seconds": 3.0, **fields}
    return add_run(store, state=RunState.FINISHED, fields=fields, **whole)


def finished(store, scan, name, *, until=99, summary=None):
    """Do a lesson's runs one after the other, as a person would."""
    for place in range(until):
        links = lesson.chain(lessons.get(name), scan, "efficientnet-lite0")
        missing = [settings for settings, run in links if run is None]
        if not missing or place == until:
            return
        done(store, missing[0], summary)


def page():
    def script():
        import streamlit as st

        from pages.components import lesson

        lesson.show()
        st.text("the end")

    return AppTest.from_function(script, default_timeout=SECONDS)


def ready(app):
    assert not app.exception, app.exception[0].message
    assert app.text[-1].value == "the end"
    return app


def test_without_a_data_set_it_says_where_one_comes_from(store):
    app = ready(page().run())
    assert "Look through a data set" in app.markdown[-1].value
    assert not app.button


def test_a_card_starts_the_first_run_that_is_missing(scan, monkeypatch):
    asked = []
    monkeypatch.setattr(launch, "start", asked.append)
    app = ready(page().run())
    assert len(app.button) == len(lessons.LESSONS)
    assert app.button(key="lesson.accident").label == "Start its features (1 of 4)"
    app.button(key="lesson.accident").click().run()
    (request,) = asked
    assert request.settings.kind == "extract"
    assert request.settings.scan == scan.id
    assert (request.settings.layer, request.settings.pooling) == ("head_relu", "flat")


def test_what_one_experiment_has_done_counts_for_others(store, scan):
    finished(store, scan, "features")
    links = lesson.chain(lessons.get("accident"), scan, "efficientnet-lite0")
    assert [run is not None for _, run in links] == [True, True, False, False]
    assert links[2][0]["head"] == links[1][1].id
    other = lesson.chain(lessons.get("pytorch-head"), scan, "efficientnet-lite0")
    assert [run is not None for _, run in other] == [True, False]


def test_printed_stands_beside_measured(store, scan):
    summary = {"val_accuracy": 0.9, "val_loss": 2.5, "before": {"val_loss": 0.5}}
    finished(store, scan, "accident", summary=summary)
    links = lesson.chain(lessons.get("accident"), scan, "efficientnet-lite0")
    told = lesson.row(lessons.get("accident"), links)
    assert told["Printed"] == "loss 0.82 → 1.41"
    assert told["Measured here"] == "90.0 % right, loss 0.50 → 2.50, 12 s"
    assert ready(page().run()).text[0].value.startswith("pages/train.py: Look at it")


def test_another_data_set_has_figures_of_its_own(store, scan, tmp_path):
    finished(store, scan, "features")
    elsewhere, _ = data_set(store, tmp_path / "others", ["ill"] * 3 + ["well"] * 3)
    other = store.run(str(store.run(elsewhere).settings["scan"]))
    links = lesson.chain(lessons.get("features"), other, "efficientnet-lite0")
    assert all(run is None for _, run in links)
