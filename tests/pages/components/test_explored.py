"""The page of a data set's space, drawn without an engine: figures, choices, a second data set."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components import scanned, separable, session, spaces
from tests.datasets import making
from tests.pages.components.spaces_made import add_extraction, add_map, add_scan
from tests.store.making import add_run, open_store
from tfcore.events import RunState

SECONDS = 30
PETS = ["cat"] * 4 + ["dog"] * 10
LITE0, LITE1 = "efficientnet-lite0", "efficientnet-lite1"


@pytest.fixture
def store(tmp_path, monkeypatch):
    """The store that the page reads, and an engine that is said to live."""
    made = open_store(tmp_path)
    alive = SimpleNamespace(is_alive=True, is_ready=True, stage="")
    link = SimpleNamespace(store=made, status=lambda: alive)
    monkeypatch.setattr(session, "link", lambda: link)
    monkeypatch.setattr(st, "page_link", lambda page, label, **_: st.text(f"{page}: {label}"))
    for cached in (spaces._read, scanned.listing_of):
        cached.clear()
    return made


def data_set(store, place, labels):
    """A folder of photos that was looked through."""
    files = {
        f"{label}/{number}.png": making.png(hash_of(place.name, number))
        for number, label in enumerate(labels)
    }
    listing = making.scanned(making.folder(place, files))
    return add_scan(store, place, listing), listing.photos


def hash_of(name, number):
    return 1000 * sum(map(ord, name)) + number


@pytest.fixture
def pets(store, tmp_path):
    return data_set(store, tmp_path / "pets", PETS)


def page(run):
    def script(run):
        from pages.components import explored, session

        explored.show(session.link().store.run(run))

    return AppTest.from_function(script, default_timeout=SECONDS, args=(run,))


def words(app):
    assert not app.exception, app.exception[0].message
    return "\n".join(text.value for text in app.markdown)


def test_it_begins_with_the_photo_that_fits_its_class_least(store, pets):
    scan, photos = pets
    run = add_extraction(store, scan, photos)
    app = page(run).run()
    said = words(app)
    space = spaces.open_space(store.run(run))
    assert [space.agreeing(row) for row in (0, 3, 13)] == [3, 3, 9]
    assert app.selectbox[1].value == space.oddest == 0
    assert "3 of its 12 neighbours are of its class" in said
    assert "Of 100 photos, **90** have mostly neighbours of their own class (between 80 and" in said
    assert "Guessing the largest class each time would be right for 71" in said


def test_a_chosen_class_leaves_only_its_photos_to_choose(store, pets):
    scan, photos = pets
    app = page(add_extraction(store, scan, photos)).run()
    app.selectbox[0].select_index(2).run()
    assert app.selectbox[1].options == [photo.file for photo in photos if photo.label == "dog"]
    app.selectbox[1].select_index(3).run()
    assert "**dog** ·" in words(app)


def test_fewer_digits_are_a_way_to_look_of_their_own(store, pets):
    scan, photos = pets
    old = add_extraction(store, scan, photos)
    rough = add_extraction(store, scan, photos, precision="bfloat16")
    [data] = spaces.data_sets().values()
    assert {run.id for run in data.runs.values()} == {old, rough}
    titles = {spaces.eyes_title(run) for run in data.runs.values()}
    assert titles == {"EfficientNet-Lite0", "EfficientNet-Lite0, bfloat16"}


def test_every_network_that_looked_at_the_same_photos_is_told_once(store, pets, tmp_path):
    scan, photos = pets
    old, new = (add_extraction(store, scan, photos, accuracy=a) for a in (0.5, 0.9))
    again, _ = data_set(store, tmp_path / "pets", PETS)
    other = add_extraction(store, again, photos, network=LITE1)
    elsewhere, scans = data_set(store, tmp_path / "scans", ["ill"] * 9 + ["well"] * 3)
    add_extraction(store, elsewhere, scans)
    sets = spaces.data_sets()
    assert {one.title: one.chance for one in sets.values()} == {"pets": 10 / 14, "scans": 0.75}
    [pets_set] = [one for one in sets.values() if one.title == "pets"]
    assert {run.id for run in pets_set.runs.values()} == {new, other}
    shown = spaces.data_of(spaces.open_space(store.run(old)))
    assert {run.id for run in shown.runs.values()} == {old, other}, (
        "the page's own run stands there"
    )


def test_what_pretraining_is_worth_is_said_only_when_it_can_be_told(store, pets):
    scan, photos = pets
    run = add_extraction(store, scan, photos)
    space = spaces.open_space(store.run(run))
    data = spaces.data_of(space)
    assert separable.pretraining(space, data) == ""

    def with_twin(accuracy, low, high):
        told = {"accuracy": accuracy, "ci_low": low, "ci_high": high, "n": 14}
        settings = {**space.run.settings, "weights": "random"}
        twin = replace(space.run, id="twin", settings=settings, summary={"separability": told})
        return separable.pretraining(space, replace(data, runs={**data.runs, "twin": twin}))

    assert "90 of 100 photos, and 40 with the weights that it had before" in with_twin(
        0.4, 0.2, 0.6
    )
    assert "+50 points" in with_twin(0.4, 0.2, 0.6)
    assert "too close to call" in with_twin(0.85, 0.7, 0.95)


def test_a_second_data_set_comes_from_the_address_and_goes_into_it(store, pets, tmp_path):
    scan, photos = pets
    run = add_extraction(store, scan, photos)
    app = page(run).run()
    assert "Look through a second data set" in words(app)
    elsewhere, scans = data_set(store, tmp_path / "scans", ["ill"] * 9 + ["well"] * 3)
    there = add_extraction(store, elsewhere, scans, accuracy=0.6)
    app.run()
    assert "points from" not in words(app)
    app.selectbox[-1].set_value(there).run()
    assert app.query_params["beside"] == there
    fall = "by 30 points from pets to scans"
    assert fall in words(app)
    shared = page(run)
    shared.query_params["beside"] = there
    assert fall in words(shared.run())
    lost = page(run)
    lost.query_params["beside"] = "0123456789ab"
    lost.run()
    assert "is not here" in lost.warning[0].value
    assert "points from" not in words(lost)


def test_the_map_by_tsne_is_offered_until_there_is_one(store, pets):
    scan, photos = pets
    run = add_extraction(store, scan, photos)
    app = page(run).run()
    app.segmented_control[0].set_value("t-SNE").run()
    assert "Not unfolded yet" in words(app)
    drawn = add_map(store, run, len(photos))
    app.run()
    assert "Not unfolded yet" not in words(app)
    assert any("How it unfolded" in text.value for text in app.text)
    assert "Not unfolded yet" not in words(page(drawn).run())


def test_photos_that_are_gone_leave_the_figures(store, pets, tmp_path):
    scan, photos = pets
    run = add_extraction(store, scan, photos)
    (tmp_path / "pets").rename(tmp_path / "moved")
    said = words(page(run).run())
    assert "no longer where it was" in said
    assert "Of 100 photos, **90**" in said


def test_features_of_a_lab_before_this_one_say_what_to_do(store, pets):
    scan, _ = pets
    run = add_run(store, state=RunState.FINISHED, kind="extract", scan=scan)
    assert "extract the features again" in words(page(run).run())
