"""Cats and dogs in the eyes of the real EfficientNet-Lite0."""

from hashlib import sha256

import pytest

from tests.datasets.making import photo
from tfcore.features.extraction import extract
from tfcore.features.planning import sources
from tfcore.features.program import program_for
from tfcore.similarity.stored import analyse_stored
from tfcore.store.features import FeatureStore

PHOTOS = 80


def digest_of(path):
    return sha256(path.read_bytes()).hexdigest()


@pytest.mark.testbed
def test_neighbours_tell_cats_from_dogs(testbed, tmp_path):
    # A scan of all 400 would take as long as all the rest.
    paths = sorted((testbed / "cats_dogs").glob("*/*"))[:: 400 // PHOTOS]
    part = [
        photo(0, path.parent.name, file=f"{path.parent.name}/{path.name}", digest=digest_of(path))
        for path in paths
    ]
    store = FeatureStore(tmp_path)
    program = program_for("efficientnet-lite0")
    extract(store, program, sources(testbed / "cats_dogs", part))
    found = analyse_stored(store, program.space, part)
    assert (found.knn.n, found.classes) == (PHOTOS, ["cat", "dog"])
    assert found.knn.accuracy >= 0.96
    assert found.spread["within"] > found.spread["between"]
