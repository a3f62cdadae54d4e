"""What an extraction ends with, and that it does not end well where features are missing."""

import numpy as np
import pytest

from tests.datasets import making
from tests.features.making import Colours
from tfcore.datasets import listing
from tfcore.errors import UserError
from tfcore.features.conclusion import MOST_TOLD, Totals, conclude

SPACE = Colours.space


@pytest.fixture
def found(tmp_path):
    return making.scanned(
        making.folder(tmp_path / "pets", {f"cat/{n}.png": making.png(n) for n in range(5)})
    )


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


def test_features_that_are_not_where_the_lab_looks_are_no_good_end(found, store):
    digests = [photo.digest for photo in found.photos]
    content = listing.to_bytes(found)
    store.write(SPACE, digests[:3], np.zeros((3, 3), np.float32))
    with pytest.raises(UserError, match=r"2 of 5 photos.*TRANSFERLAB_FEATURES"):
        conclude(Totals(space=SPACE, computed=5), store, content)
    gone = Totals(space=SPACE, computed=3, set_aside=[aside(digest) for digest in digests[3:]])
    assert conclude(gone, store, content).summary["images"] == 3
