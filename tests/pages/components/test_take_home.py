"""Taking a network home, drawn without an engine: formats, progress, files and what is said."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components import session, take_home
from tests.pages.components.heads_made import add_head, data_set, open_page
from tests.store.making import add_run
from tfcore import formats, trained
from tfcore.events import RunState

SECONDS = 30


@pytest.fixture
def store(tmp_path, monkeypatch):
    return open_page(tmp_path, monkeypatch)


@pytest.fixture
def head(store, tmp_path):
    extract, photos = data_set(store, tmp_path / "pets", ["cat"] * 4 + ["dog"] * 6)
    return add_head(store, extract, photos)


def row(name, **changes):
    return {
        "format": name,
        "reason": "",
        "megabytes": 13.53,
        "seconds": 9.5,
        "photos": 100,
        "difference": 3e-7,
        "agreement": 1.0,
        "ci_low": 0.963,
        "ci_high": 1.0,
        "accuracy": 0.99,
        "accuracy_here": 0.99,
        "labelled": 100,
        **changes,
    }


def add_export(store, head, rows=(), *, state=RunState.FINISHED, step=0, are_own=True, **fields):
    summary = {"formats": list(rows), "are_own_photos": are_own} if rows else {}
    return add_run(
        store,
        state=state,
        kind="export",
        head=head,
        fields={"summary": summary, "step": step, "steps": 5, **fields},
    )


def page(run):
    def script(run):
        import streamlit as st

        from pages.components import session, take_home

        take_home.show(session.link().store.run(run))
        st.text("the end")

    return AppTest.from_function(script, default_timeout=SECONDS, args=(run,))


def words(app):
    assert not app.exception, app.exception[0].message
    assert app.text[-1].value == "the end"
    return "\n".join(text.value for text in app.markdown)


def test_what_is_chosen_is_written(store, head):
    app = page(head).run()
    assert [box.value for box in app.checkbox] == [True, False, False, False, True]
    assert not app.get("download_button")
    app.checkbox[0].uncheck()
    app.checkbox[3].check()
    app.button[0].click().run()
    [settings] = session.link().submitted
    assert (settings["kind"], settings["head"]) == ("export", head)
    assert settings["formats"] == "litert-int8,onnx"
    for box in app.checkbox:
        box.uncheck()
    app.run()
    assert app.button[0].disabled


class State(dict):
    """A session that ends whatever touches it, once it is told to."""

    is_over = False

    def get(self, key, default=None):
        assert not self.is_over
        return super().get(key, default)

    def __setitem__(self, key, value):
        assert not self.is_over
        super().__setitem__(key, value)


def test_a_press_is_noted_before_anything_can_end_its_callback(store, head, monkeypatch):
    """Streamlit ends a callback where it next touches the session, and may then call it again."""
    state, asked = State({f"take_home.keras.{head}": True}), []

    def submit(settings, owner):
        asked.append(store.submit(settings, owner=owner))
        state.is_over = True
        return asked[-1]

    monkeypatch.setattr(session.link(), "submit", submit)
    monkeypatch.setattr(st, "session_state", state)
    take_home._write(head)
    state.is_over = False
    assert take_home._asked(head).run == asked[0]
    take_home._write(head)
    assert len(asked) == 1, "one press, one export"
    del state["take_home.asked"]
    add_export(store, head, state=RunState.RUNNING)
    take_home._write(head)
    assert len(asked) == 1, "nor another one beside it"


def test_nothing_else_is_asked_for_meanwhile(store, head):
    add_export(store, head, state=RunState.RUNNING, step=2)
    assert page(head).run().button[0].disabled


def test_a_refusal_is_told_and_can_be_mended(store, head, monkeypatch):
    monkeypatch.setattr(session.link(), "submit", store.submit)
    app = page(head).run()
    app.button[0].click().run()
    assert app.button[0].disabled
    asked = store.submission(app.session_state["take_home.asked"][head])
    store.handled(asked.id, "You have enough runs waiting.")
    app.run()
    assert "You have enough runs" in app.error[0].value
    assert not app.button[0].disabled


def test_a_format_whose_package_is_missing_cannot_be_chosen(store, head, monkeypatch):
    monkeypatch.setattr(formats, "_is_here", lambda name: name != "onnxruntime")
    app = page(head).run()
    assert [box.disabled for box in app.checkbox] == [False, False, False, False, True]
    assert "Needs onnxruntime, not installed here" in app.checkbox[4].label
    assert not app.checkbox[4].value


def test_each_file_says_how_far_it_agrees(store, head):
    add_export(store, head, [row("keras", difference=1e-3)])
    int8 = row("litert-int8", agreement=0.99, ci_low=0.946, ci_high=0.998, accuracy=0.98)
    refused = {"format": "onnx", "reason": "got [x](y), expected layers, fix: take another format"}
    add_export(store, head, [row("keras"), int8, refused])
    app = page(head).run()
    said = words(app)
    assert "on 100 photos: no probability differs by more than 0.0000003." in said
    assert "Names the lab's class in 99 of 100 photos (95 % interval 94.6 % to 99.8 %)." in said
    assert "Right on 98.0 % of those with a known class; before rounding 99.0 %." in said
    assert "Not offered\\: got" not in said
    assert "\\[x\\]\\(y\\)" in said
    assert len(app.get("download_button")) == 2
    assert "0.0010000" not in said, "only the newest export is shown"


def test_photos_that_are_not_of_the_data_set_are_told(store, head):
    add_export(store, head, [row("keras", photos=10, accuracy=None)], are_own=False)
    assert "on 10 photos that are not of the data set" in words(page(head).run())


def test_an_export_that_goes_on_shows_how_far_it_is(store, head):
    add_export(store, head, state=RunState.RUNNING, step=2)
    app = page(head).run()
    words(app)
    [bar] = app.get("progress")
    assert bar.proto.text.startswith("File 3 of 5 · LiteRT is written")
    assert [button.label for button in app.button] == ["Write the files", "Stop"]


def test_what_failed_and_what_was_left_behind_says_so(store, head):
    add_export(store, head, state=RunState.FAILED, reason="No file that can be offered.")
    app = page(head).run()
    assert "No file" in app.error[0].value
    add_export(store, head, state=RunState.INTERRUPTED)
    app = page(head).run()
    assert "write the files again" in app.warning[0].value
    add_export(store, head, [row("keras")], state=RunState.STOPPED)
    assert len(page(head).run().get("download_button")) == 1


def test_somebody_elses_network_can_be_had_and_not_written(store, head, monkeypatch):
    add_export(store, head, [row("keras")])
    monkeypatch.setattr(session, "owner", lambda: "a stranger")
    app = page(head).run()
    assert not app.checkbox
    assert len(app.get("download_button")) == 1


def test_of_a_network_that_is_gone_nothing_is_offered(store, head):
    trained.remove(trained.name_of(head))
    app = page(head).run()
    assert not app.subheader
    assert take_home._latest(head) is None
