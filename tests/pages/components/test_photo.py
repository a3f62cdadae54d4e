"""A picture that grew here is looked into: from its run, by the address, to the choice."""

import hashlib
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components import session
from tests.store.making import add_run, open_store, photo_png
from tfcore.events import RunState


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """An older run and a newer one, each with a picture of its own, and the store."""
    store = open_store(tmp_path)
    monkeypatch.setattr(session, "link", lambda: SimpleNamespace(store=store))
    made = []
    for side in (32, 64):
        run = add_run(store, state=RunState.FINISHED, fields={"step": 1, "seconds": 1.0})
        store.add_artifact(run, "image.png", photo_png(side))
        made.append(store.run(run))
    return made


def test_a_finished_runs_picture_is_the_one_that_is_looked_into(runs, monkeypatch):
    links = []
    monkeypatch.setattr(st, "page_link", lambda page, query_params, **_: links.append(query_params))

    def end(run):
        from pages.components import keep

        keep.downloads(run)

    app = AppTest.from_function(end, args=(runs[0],), default_timeout=30).run()
    assert not app.exception
    assert links == [{"look": "photo", "picture": runs[0].id}]

    def choice():
        import hashlib

        import streamlit as st

        from pages.components import photo

        found = photo.find("look", st.query_params.get("picture", ""))
        st.text(hashlib.sha256(found.content).hexdigest() if found.content else "none")
        st.text(found.sample.shown_to("vgg16") if found.sample else "")

    app = AppTest.from_function(choice, default_timeout=30)
    app.query_params["picture"] = links[0]["picture"]
    app.run()
    store = session.link().store
    picture = store.artifact(runs[0].id, "image.png")
    assert app.text[0].value == sha256(picture) != sha256(store.artifact(runs[1].id, "image.png"))
    # Whoever chooses another photo gets it.
    app.selectbox(key="look.source").select("An installed photo").run()
    assert app.text[0].value not in ("none", sha256(picture))
    assert app.text[1].value == "243"


def sha256(content):
    return hashlib.sha256(content).hexdigest()
