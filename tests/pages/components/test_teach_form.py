"""The form of a head: what is offered, what it asks for, and what it refuses in a sentence."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import teach_form, whatif
from tests.pages.components.heads_made import add_head, data_set, open_page
from tfcore import parsing
from tfcore.settings import TrainSettings

SECONDS = 90
PETS = ["cat"] * 12 + ["dog"] * 18


@pytest.fixture
def store(tmp_path, monkeypatch):
    return open_page(tmp_path, monkeypatch)


def form(run=""):
    def script(run):
        import streamlit as st

        from pages.components import session, teach_form

        found = session.link().store.run(run) if run else None
        request = teach_form.show(found)
        st.code(request.settings.model_dump_json() if request else "")

    return AppTest.from_function(script, default_timeout=SECONDS, args=(run,))


def asked(app):
    assert not app.exception, app.exception[0].message
    return json.loads(app.code[0].value)


def test_without_features_it_says_where_they_come_from(store):
    app = form().run()
    assert not app.exception
    assert "There are no features yet" in app.info[0].value
    assert app.text[0].value == "pages/explore.py: Go to Explore"
    assert not app.button


def test_the_newest_features_are_taken_and_the_defaults_stand(store, tmp_path):
    data_set(store, tmp_path / "first", PETS)
    newest, _ = data_set(store, tmp_path / "the second", PETS)
    app = form().run()
    app.button(key="teach").click().run()
    assert asked(app) == TrainSettings(extract=newest).model_dump()
    assert "30 photos of 2 classes" in "\n".join(text.value for text in app.markdown)
    assert "right for 60 of 100" in "\n".join(text.value for text in app.markdown)


def test_every_trick_is_a_setting_and_what_does_nothing_is_left_out():
    linear, hidden = ({"hidden": units} for units in ("", "64"))
    assert "batch_norm" not in teach_form.folded(linear)
    assert "batch_norm" in teach_form.folded(hidden)
    assert {"scaling", "initializer", "clip_norm", "schedule", "class_weights", "averaging"} <= set(
        teach_form.folded(linear)
    )


def test_what_is_set_is_what_is_asked_for(store, tmp_path):
    data_set(store, tmp_path / "pets", PETS)
    app = form().run()
    app.segmented_control[0].set_value("Hidden layers").run()
    app.text_input[0].input("128x32").run()
    app.select_slider[0].set_value(0.01).run()
    app.selectbox(key="teach.schedule").select("exponential").run()
    app.number_input(key="teach.decay").set_value(0.9).run()
    app.toggle(key="teach.class_weights").set_value(True).run()
    app.button(key="teach").click().run()
    settings = asked(app)
    assert settings["hidden"] == "128,32"
    assert (settings["learning_rate"], settings["decay"]) == (0.01, 0.9)
    assert settings["class_weights"]


def test_layers_that_are_none_are_refused_in_a_sentence(store, tmp_path):
    data_set(store, tmp_path / "pets", PETS)
    app = form().run()
    app.segmented_control[0].set_value("Hidden layers").run()
    app.text_input[0].input("many").run()
    app.button(key="teach").click().run()
    assert app.code[0].value == ""
    assert "many" in app.error[0].value


def test_a_lesson_on_the_page_fills_the_form(store, tmp_path):
    extract, photos = data_set(store, tmp_path / "pets", PETS)
    run = add_head(store, extract, photos, hidden="64", dropout=0.2)
    app = form(run).run()
    app.button(key="teach").click().run()
    assert (asked(app)["hidden"], asked(app)["dropout"]) == ("64", 0.2)


def test_test_photos_are_offered_where_the_same_eyes_have_seen_them(store, tmp_path):
    data_set(store, tmp_path / "pets", PETS)
    assert not [box for box in form().run().selectbox if box.label == "Test photos"]
    data_set(store, tmp_path / "untouched", PETS)
    [box] = [box for box in form().run().selectbox if box.label == "Test photos"]
    assert len(box.options) == 2
    assert box.value == ""


@pytest.mark.parametrize("vary", list(whatif.FIRST_OF_HEADS))
def test_what_is_written_there_at_first_can_be_tried(vary):
    values = {"kind": "train", "extract": "0" * 12, "vary": vary}
    if vary == "decay":
        values["schedule"] = "exponential"
    settings = parsing.parse({**values, "values": whatif.FIRST_OF_HEADS[vary]})
    assert len(settings.cells()) >= 4


@pytest.mark.parametrize("vary", ["optimizer", "scaling", "schedule", "averaging"])
def test_words_to_try_can_be_tried(vary):
    values = ", ".join(whatif.choices_of(vary, TrainSettings))
    settings = parsing.parse({"kind": "train", "extract": "0" * 12, "vary": vary, "values": values})
    assert len(settings.cells()) == len(values.split(","))
