"""Trained networks on their way to workers with other data folders."""

import pytest

from tests.trained_making import NAME, made
from tfcore import catalog, trained
from tfcore.config import Config
from tfcore.engine import carrying
from tfcore.engine.link import EngineLink
from tfcore.errors import UserError

OTHER = trained.name_of("ba9876543210")


@pytest.fixture
def here(tmp_path):
    """The engine's folder, with two heads in it, and a cluster elsewhere."""
    made_config = Config(data=tmp_path / "here", scheduler="tls://10.0.0.1:8786")
    for name in (NAME, OTHER):
        trained.install(name, made().to_bytes(), made_config.data)
    return made_config


@pytest.fixture
def there(tmp_path, monkeypatch):
    """A worker's folder, in which this process is."""
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path / "there"}))


def test_what_settings_name_is_carried_and_a_worker_knows_it_then(here, there):
    settings = {"network": "vgg16", "ensemble": f"vgg19,{NAME}", "values": f"0.1, {OTHER}"}
    heads = carrying.packed(here, settings, b"bytes", 7)
    assert set(heads) == {NAME, OTHER}
    with pytest.raises(UserError):
        catalog.get(NAME)
    carrying.unpack(heads)
    assert catalog.get(NAME).title == "My pets"


def test_the_head_that_a_run_goes_on_from_is_carried(here):
    run = trained.run_of(NAME)
    assert set(carrying.packed(here, {"kind": "finetune", "head": run})) == {NAME}
    assert carrying.packed(here, {"head": ""}, "vgg16") == {}


def test_nothing_is_carried_where_folders_are_shared_and_what_is_gone_is_left_out(here):
    assert carrying.packed(Config(data=here.data), NAME) == {}
    trained.remove(NAME, here.data)
    assert set(carrying.packed(here, NAME, OTHER)) == {OTHER}


def test_an_older_one_is_replaced_and_the_same_one_left_alone(here, there):
    carrying.unpack({NAME: made(("a", "b", "c")).to_bytes()})
    carrying.unpack({NAME: made().to_bytes()})
    assert trained.about(NAME).classes == ("cat", "dog")
    before = trained.version(NAME)
    carrying.unpack({NAME: made().to_bytes()})
    assert trained.version(NAME) == before


def test_a_short_call_brings_what_it_is_about(here, there, monkeypatch):
    link = EngineLink(here)

    class Client:
        def submit(self, question, *details, pure):
            answer = question(*details)
            return type("Future", (), {"result": staticmethod(lambda timeout: answer)})

    monkeypatch.setattr(link, "_connect", Client)
    title = lambda name: catalog.get(name).title  # noqa: E731
    assert link.ask(title, NAME) == "My pets"
    assert link.ask(title, "vgg16") == "VGG16"
    link.close()
