"""What an extraction ends with: from features in a store to JSON and back."""

import json

import numpy as np
import pytest

from tests.datasets.making import photo
from tests.similarity.test_knn import clusters
from tfcore.errors import UserError
from tfcore.similarity import stored
from tfcore.similarity.analysis import analyse, from_bytes, spread
from tfcore.similarity.stored import analyse_stored
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

SPACE = Space(network="x", weights="", size=8, preprocessing="tf", dim=8)


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "features")


def listed(labels):
    return [photo(number, label) for number, label in enumerate(labels)]


def test_all_that_pages_need_survives_the_way_through_json():
    values, labels = clusters([20, 12])
    photos = listed(labels)
    found = analyse(values, photos)
    assert from_bytes(found.to_bytes()) == found
    told = json.loads(found.to_bytes())
    assert told["version"] == 1
    assert told["files"][20:22] == ["class 1/20.jpg", "class 1/21.jpg"]
    assert told["classes"] == ["class 0", "class 1"]
    assert told["labels"] == labels
    assert [len(told[name]) for name in ("digests", "pca", "neighbours", "similarity")] == [32] * 4
    assert {len(row) for row in told["neighbours"]} == {12}
    assert told["knn"]["accuracy"] == 1.0
    assert found.summary.keys() >= {"k", "n", "accuracy", "ci_low", "ci_high"}
    for row, (near, likeness) in enumerate(zip(found.neighbours, found.similarity, strict=True)):
        assert labels[near[0]] == labels[row]
        assert likeness == sorted(likeness, reverse=True)


def test_the_map_keeps_classes_apart():
    values, labels = clusters([30, 30])
    points = np.array(analyse(values, listed(labels)).pca)
    first, second = points[:30, 0], points[30:, 0]
    assert max(first.min(), second.min()) > min(first.max(), second.max())


def test_photos_of_a_class_are_more_alike_than_others():
    values = np.array([[2, 0], [1, 1], [0, 3]], np.float32)
    found = spread(values, ["cat", "cat", "dog"])
    assert found == pytest.approx({"within": 0.5**0.5, "between": (0.5**0.5) / 2}, abs=1e-4)
    assert spread(values, ["cat"] * 3)["between"] is None
    assert spread(values, list("abc"))["within"] is None


@pytest.mark.parametrize("labels", [[], ["cat"]], ids=["none", "one"])
def test_a_data_set_of_nearly_nothing_is_analysed_all_the_same(labels):
    values = np.ones((len(labels), 8), np.float32)
    found = from_bytes(analyse(values, listed(labels)).to_bytes())
    assert (found.knn.accuracy, found.neighbours) == (None, [[]] * len(labels))
    assert found.knn.note


def test_photos_without_features_are_left_out_and_order_is_kept(store):
    values, labels = clusters([8, 8])
    photos = listed(labels)
    there = [3, 14, 0, 9, 5, 12, 7, 8]
    store.write(SPACE, [photos[row].digest for row in there], values[there])
    found = analyse_stored(store, SPACE, photos)
    assert found.digests == [photos[row].digest for row in sorted(there)]
    assert found.of == 8
    assert found == analyse(values[sorted(there)], [photos[row] for row in sorted(there)])


def test_of_many_photos_a_part_is_compared(store, monkeypatch):
    values, labels = clusters([40, 20])
    photos = listed(labels)
    store.write(SPACE, [each.digest for each in photos], values)
    monkeypatch.setattr(stored, "MOST_PHOTOS", 30)
    found = analyse_stored(store, SPACE, photos)
    assert (len(found.digests), found.of, found.labels.count("class 1")) == (30, 60, 10)
    monkeypatch.setattr(stored, "MOST_BYTES", 12 * 8 * 4)
    assert len(analyse_stored(store, SPACE, photos).digests) == 12


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"version": 2}', b'{"version": 1}'])
def test_something_else_is_refused(content):
    with pytest.raises(UserError, match="extract the features again"):
        from_bytes(content)
