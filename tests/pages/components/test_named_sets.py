"""What is said of a data set by name before it is fetched, while half of it is here, and after."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import named_sets
from tests.datasets import standins
from tfcore.config import Config
from tfcore.datasets import published
from tfcore.datasets.archives import unpack

CATS = "cats-vs-dogs"


def app():
    from pages.components import named_sets

    named_sets.show("cats-vs-dogs")


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """A data folder, and the runs that have not ended."""
    made = SimpleNamespace(config=Config(data=tmp_path), runs=[])
    store = SimpleNamespace(runs=lambda *_, **__: made.runs, run=lambda _: None)
    monkeypatch.setattr(named_sets, "config", lambda: made.config)
    monkeypatch.setattr(named_sets.session, "link", lambda: SimpleNamespace(store=store))
    return made


def shown():
    page = AppTest.from_function(app, default_timeout=60).run()
    assert not page.exception
    return page


def text(page):
    return " ".join(note.value for note in page.markdown)


def test_size_licence_time_and_room_stand_there_before_anything_starts(lab):
    page = shown()
    said = text(page)
    for words in (
        "[Microsoft Research Data License Agreement](https://www.microsoft.com/",
        "Downloads 825 MB first**: 66 s at 100 Mbit/s, 11 min at 10",
        "Needs 1.7 GB of room",
    ):
        assert words in said
    assert not page.button
    page.radio[0].set_value("oxford-pets").run()
    assert "Downloads 792 MB first" in text(page)


def test_what_a_stopped_download_left_is_told_and_can_be_thrown_away(lab):
    row = published.get(CATS)
    part = lab.config.data / "sets" / ".downloads" / f"{row.file}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(25_000_000))
    page = shown()
    assert "Downloads 800 MB first" in text(page)
    assert "25 MB are here from a download that was stopped" in text(page)
    page.button[0].click().run()
    assert not part.exists()
    assert "Downloads 825 MB first" in text(page)


def test_what_is_here_is_measured_and_deleted_unless_a_run_reads_it(lab):
    place = lab.config.data / "sets" / CATS
    unpack(standins.cats_vs_dogs(), place, inside="PetImages")
    lab.runs = [SimpleNamespace(settings={"data": CATS})]
    page = shown()
    assert "On this machine: 0." in text(page)
    assert page.button[0].disabled
    lab.runs = [SimpleNamespace(settings={"data": "textures"})]
    page.run()
    page.button[0].click().run()
    assert not place.exists()
    assert "Downloads 825 MB first" in text(page)


def test_nothing_is_deleted_in_a_demo(lab):
    unpack(standins.cats_vs_dogs(), lab.config.data / "sets" / CATS, inside="PetImages")
    lab.config = Config(data=lab.config.data, demo=True)
    assert not shown().button
