"""What an extraction ends with, and that it does not end well where features are missing."""

import numpy as np
import pytest

from tests.datasets import making
from tests.features.making import Colours
from tfcore.datasets import listing
from tfcore.errors import UserError
from tfcore.features.conclusion import MOST_TOLD, Totals, conclude
from tfcore.similarity.analysis import ANALYSIS, from_bytes

SPACE = Colours.space


@pytest.fixture
def found(tmp_path):
    files = {f"{'cat' if n % 2 else 'dog'}/{n:02}.png": making.png(n) for n in range(40)}
    return making.scanned(making.folder(tmp_path / "pets", files))


def aside(digest):
    return {"file": "f", "digest": digest, "reason": "changed", "sentence": "."}


def test_figures_say_what_was_known_and_what_was_computed_how_fast():
    told = Totals(
        space=SPACE, cache_hits=10, computed=90, passes=3, seconds=4.5, workers=2
    ).summary()
    assert (told["images"], told["cache_hits"], told["forward_passes"]) == (100, 10, 3)
    assert (told["images_per_second"], told["workers"]) == (20.0, 2)
    assert told["dim"] == SPACE.dim == told["space"]["dim"]
    assert Totals(space=SPACE, cache_hits=3).summary()["images_per_second"] is None


def test_only_some_of_many_that_were_set_aside_are_told():
    totals = Totals(space=SPACE, set_aside=[aside(str(n)) for n in range(MOST_TOLD + 5)])
    assert len(totals.summary()["set_aside"]) == MOST_TOLD


def kept(store, photos):
    """Features that are told from one another."""
    digests = [photo.digest for photo in photos]
    values = np.random.default_rng(0).normal(size=(len(digests), SPACE.dim)).astype(np.float32)
    store.write(SPACE, digests, values)


def test_the_finished_data_set_is_analysed_as_it_lies_in_the_store(found, store):
    """The first photo could not be used."""
    kept(store, found.photos[1:])
    totals = Totals(space=SPACE, computed=39, set_aside=[aside(found.photos[0].digest)])
    result = conclude(totals, store, listing.to_bytes(found))
    analysis = from_bytes(result.files[ANALYSIS])
    assert analysis.files == [photo.file for photo in found.photos[1:]]
    assert result.summary["separability"] == analysis.summary
    assert analysis.summary["n"] == result.summary["images"] == 39
    values = store.read(SPACE, analysis.digests)
    unit = values / np.linalg.norm(values, axis=1, keepdims=True)
    nearest = [int(np.argsort(-row)[1]) for row in unit @ unit.T]
    assert [row[0] for row in analysis.neighbours] == nearest


def test_features_that_are_not_where_the_lab_looks_are_no_good_end(found, store):
    kept(store, found.photos[:38])
    content = listing.to_bytes(found)
    with pytest.raises(UserError, match=r"2 of 40 photos.*TRANSFERLAB_FEATURES"):
        conclude(Totals(space=SPACE, computed=40), store, content)
    gone = [aside(photo.digest) for photo in found.photos[38:]]
    told = conclude(Totals(space=SPACE, computed=38, set_aside=gone), store, content)
    assert told.summary["images"] == 38
