"""Asking for features: what is folded away reaches the run."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import launch, session
from tests.store.making import add_run, open_store
from tfcore.events import RunState

SECONDS = 30


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """The page below a scan, and the settings that its button asks for."""
    store = open_store(tmp_path)
    monkeypatch.setattr(session, "link", lambda: SimpleNamespace(store=store))
    started = []
    monkeypatch.setattr(launch, "start", lambda request: started.append(request.settings))
    scan = add_run(store, state=RunState.FINISHED, kind="scan", data="textures")

    def script(scan):
        from pages.components import extracted, session

        extracted.ask(session.link().store.run(scan))

    yield AppTest.from_function(script, default_timeout=SECONDS, args=(scan,)).run(), started
    store.close()


def box(app, label):
    return next(one for one in app.selectbox if one.label == label)


def test_nothing_needs_to_be_chosen(asked):
    app, started = asked
    assert not app.exception
    app.button[0].click().run()
    [settings] = started
    assert (settings.layer, settings.pooling, settings.weights) == ("", "", "imagenet")
    assert settings.precision == "float32"


def test_a_layer_asks_for_its_pooling_and_goes_with_its_network(asked):
    app, started = asked
    assert "Pooling" not in [one.label for one in app.selectbox]
    box(app, "Layer").select("block4a_expand_relu").run()
    assert box(app, "Pooling").options == ["mean", "flat"]
    box(app, "Pooling").select("flat")
    box(app, "Precision").select("bfloat16")
    box(app, "Weights").select("random").run()
    app.button[0].click().run()
    [settings] = started
    assert (settings.layer, settings.pooling) == ("block4a_expand_relu", "flat")
    assert (settings.precision, settings.weights) == ("bfloat16", "random")
    box(app, "Network").select("vgg16").run()
    assert box(app, "Layer").value == ""
    assert "bfloat16" in box(app, "Precision").help


def test_a_layer_too_large_to_be_kept_flat_is_refused_on_the_page(asked):
    app, started = asked
    box(app, "Network").select("vgg16").run()
    box(app, "Layer").select("block1_conv1").run()
    box(app, "Pooling").select("flat").run()
    app.button[0].click().run()
    assert not started
    assert "numbers a photo" in "".join(one.value for one in app.error)
