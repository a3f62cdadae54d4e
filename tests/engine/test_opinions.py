"""Asking other networks: all of them, none twice, and nobody while somebody waits."""

from types import SimpleNamespace

import pytest

from tests.store import making
from tests.store.making import picture
from tests.trained_making import made, record
from tfcore import catalog, images, trained
from tfcore.config import Config
from tfcore.engine import opinions
from tfcore.engine.loop import PARK
from tfcore.engine.mailbox import deliver
from tfcore.events import Order, RunState, from_message
from tfcore.settings import SynthesizeSettings

HERE = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2", "mobilenet-0.75")


@pytest.fixture
def asked(monkeypatch):
    """Ask four networks that are here; ``park_after`` tells when somebody comes to wait."""
    said, state = [], SimpleNamespace(park_after=None)

    def verdict(network, settings, pictures):
        said.append((network, len(pictures)))
        if network == state.park_after:
            deliver(Order(command=-1, run="run", verb=PARK, attempt=2))
        return {"rank": 1}

    reported = []
    worker = SimpleNamespace(log_event=lambda topic, message: reported.append(message))
    monkeypatch.setattr(opinions, "get_worker", lambda: worker)
    monkeypatch.setattr(opinions, "listen", lambda: None)
    monkeypatch.setattr(opinions.heavy, "load", lambda: None)
    monkeypatch.setattr(catalog, "available", lambda: [catalog.get(name) for name in HERE])
    monkeypatch.setattr(opinions, "_verdict", verdict)

    def ask(park_after=None, already=(), **settings):
        state.park_after = park_after
        said.clear()
        reported.clear()
        whole = SynthesizeSettings.model_validate(settings)
        sheet = images.montage([picture()] * len(whole.cells()))
        question = opinions.Question(
            run="run",
            attempt=2,
            settings=whole.model_dump(),
            png=images.to_png(sheet),
            asked=list(already),
        )
        opinions.ask(question.model_dump())
        events = [from_message(message) for message in reported]
        assert {(event.run, event.attempt) for event in events} == {("run", 2)}
        return said[:], [event.network for event in events]

    return ask


def test_all_but_the_maker_are_asked_and_the_end_is_told(asked):
    said, told = asked()
    assert said == [(name, 1) for name in HERE[1:]]
    assert told == [*HERE[1:], ""]


def test_whoever_waits_is_let_in_between_two_networks_and_the_rest_comes_later(asked):
    _, told = asked(park_after=HERE[1])
    assert told == [HERE[1]]
    _, told = asked(already=told)
    assert told == [*HERE[2:], ""]


def test_an_ensemble_is_not_asked_about_its_own_picture(asked):
    assert asked(ensemble="efficientnet-lite1")[1] == [*HERE[2:], ""]


def test_every_picture_of_a_sheet_is_shown_to_all_that_did_not_make_all_of_them(asked):
    said, _ = asked(vary="target", values="3, 9, 12")
    assert said == [(name, 3) for name in HERE[1:]]
    said, _ = asked(vary="network", values="efficientnet-lite0, efficientnet-lite1")
    assert said == [(name, 2) for name in HERE]


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def judged(store, network, owner="me"):
    """A finished picture of a network."""
    run = making.add_run(store, owner=owner, state=RunState.FINISHED, network=network)
    store.add_artifact(run, "image.png", images.to_png(picture()))
    return store.run(run)


def test_a_picture_of_ones_own_classes_is_shown_to_ones_own_networks_of_the_same(store):
    config = Config(data=store.path.parent)
    maker, twin = (record(store, made(), "me") for _ in range(2))
    record(store, made(("dog", "cat")), "me")
    record(store, made(), "you")
    asked = opinions.question(store, config, judged(store, maker))
    assert asked.own == [twin, maker]
    settings = SynthesizeSettings(network=maker)
    assert opinions._others(settings, asked.own) == [twin]
    assert opinions.question(store, config, judged(store, "vgg16")).own == []


def test_without_another_of_the_same_classes_nobody_is_asked(store):
    config = Config(data=store.path.parent)
    maker = record(store, made(), "me")
    run = judged(store, maker)
    assert opinions.question(store, config, run) is None
    trained.remove(maker)
    assert opinions.question(store, config, run) is None


def test_the_table_is_not_asked_about_classes_that_it_does_not_know(store, monkeypatch):
    monkeypatch.setattr(catalog, "available", lambda: [catalog.get(name) for name in HERE])
    maker = record(store, made(), "me")
    assert opinions._others(SynthesizeSettings(network=maker), []) == []
