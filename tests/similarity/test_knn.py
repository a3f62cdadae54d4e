"""How well classes stand apart, where it can be told beforehand."""

import numpy as np
import pytest

from tfcore.similarity.knn import separability
from tfcore.similarity.neighbours import Neighbours, nearest


def clusters(sizes, dim=8, noise=0.1, seed=0):
    """Photos around one direction a class, and the classes' names."""
    draw = np.random.default_rng(seed)
    own = np.repeat(np.arange(len(sizes)), sizes)
    values = np.eye(len(sizes), dim)[own] + noise * draw.normal(size=(sum(sizes), dim))
    return values.astype(np.float32), [f"class {number}" for number in own]


def test_two_clusters_apart_are_told_without_a_mistake():
    values, labels = clusters([30, 20])
    found = separability(nearest(values, 5), labels)
    assert (found.accuracy, found.correct, found.n, found.k) == (1.0, 50, 50, 5)
    assert found.by_class == {"class 0": 1.0, "class 1": 1.0}
    assert found.chance == 0.6
    assert 0.9 < found.ci_low < 1.0 == found.ci_high


def test_with_shuffled_labels_it_is_chance():
    values, labels = clusters([200, 200])
    shuffled = [labels[i] for i in np.random.default_rng(1).permutation(400)]
    found = separability(nearest(values, 5), shuffled)
    assert found.ci_low < 0.5 < found.ci_high
    assert abs(found.accuracy - 0.5) < 0.1


def test_a_class_of_one_photo_can_never_be_told():
    values, labels = clusters([10, 1])
    found = separability(nearest(values, 5), labels)
    assert found.by_class == {"class 0": 1.0, "class 1": 0.0}
    assert found.accuracy == round(10 / 11, 4)


@pytest.mark.parametrize(
    ("likeness", "told"),
    [
        ((0.9, 0.8, 0.3, 0.2, 0.1), 1),
        ((0.5, 0.4, 0.9, 0.8, 0.1), 0),
        ((0.02, 0.01, 0.0, 0.0, 1.0), 1),
    ],
)
def test_of_as_many_votes_the_more_alike_win_and_one_is_never_enough(likeness, told):
    """Two voters of the photo's own class, two of another, and one of a third."""
    labels = ["own", "own", "own", "other", "other", "third"]
    rows = np.array([[1, 2, 3, 4, 5]] + [[0, 0, 0, 0, 0]] * 5)
    similarity = np.array([likeness] + [[0.0] * 5] * 5, np.float32)
    found = separability(Neighbours(rows, similarity), labels)
    assert found.by_class["own"] == round((2 + told) / 3, 4)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [([1], "1 photo,"), ([3, 2], "5 photos, expected at least 6"), ([9], "one class")],
)
def test_where_it_means_nothing_there_is_a_reason_and_no_number(sizes, words):
    values, labels = clusters(sizes)
    found = separability(nearest(values, 5), labels)
    assert (found.accuracy, found.ci_low, found.ci_high, found.by_class) == (None, None, None, {})
    assert words in found.note
    assert ", fix: add photos" in found.note
