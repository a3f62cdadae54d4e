"""Who is near whom: exact, the same in any block, and nobody is their own neighbour."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tfcore.similarity import neighbours
from tfcore.similarity.neighbours import like, nearest


def fan(degrees):
    """Points on a circle, of any length: a line, as angles see it."""
    angles = np.deg2rad(np.asarray(degrees, np.float64))
    reach = np.arange(1, len(angles) + 1)
    return (reach[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)).astype(np.float32)


def test_on_a_line_the_nearest_are_those_beside():
    found = nearest(fan([0, 10, 21, 33, 46]), 2)
    assert found.rows.tolist() == [[1, 2], [0, 2], [1, 3], [2, 4], [3, 2]]
    np.testing.assert_allclose(found.similarity[0], np.cos(np.deg2rad([10, 21])), atol=1e-6)
    assert (np.diff(found.similarity, axis=1) <= 0).all()


@pytest.mark.parametrize(("photos", "wanted", "given"), [(1, 12, 0), (3, 12, 2), (20, 12, 12)])
def test_where_there_are_fewer_others_all_are_given(photos, wanted, given):
    assert nearest(fan(range(photos)), wanted).rows.shape == (photos, given)


def test_a_photo_without_features_is_like_no_other():
    values = np.array([[1, 0], [0, 0], [2, 0]], np.float32)
    found = nearest(values, 2)
    assert found.rows[0].tolist() == [2, 1]
    assert found.similarity[1].tolist() == [0, 0]


@settings(deadline=None)
@given(
    values=arrays.arrays(
        np.float32, st.tuples(st.integers(2, 30), st.integers(1, 4)), elements=st.integers(-3, 3)
    ),
    count=st.integers(1, 12),
    block=st.integers(1, 200),
)
def test_blocks_give_what_all_pairs_at_once_give(values, count, block):
    whole = nearest(values, count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "_BLOCK_NUMBERS", block)
        parts = nearest(values, count)
    np.testing.assert_allclose(parts.similarity, whole.similarity, atol=1e-6)
    assert (whole.rows != np.arange(len(values))[:, None]).all()
    assert all(len(set(row)) == len(row) for row in whole.rows.tolist())
    unit = values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12)
    for row, (others, cosines) in enumerate(zip(whole.rows, whole.similarity, strict=True)):
        np.testing.assert_allclose(unit[others] @ unit[row], cosines, atol=1e-5)
        left_out = np.setdiff1d(np.arange(len(values)), [*others, row])
        assert (unit[left_out] @ unit[row] <= cosines[-1] + 1e-5).all()


def test_memory_does_not_grow_with_the_square_of_the_photos():
    """All pairs of 5,000 photos at once would take 100 MB, and their order twice that."""
    values = np.random.default_rng(0).normal(size=(5_000, 4)).astype(np.float32)
    tracemalloc.start()
    nearest(values, 12)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120_000_000


def test_a_photo_from_elsewhere_finds_the_most_like_it():
    found = like(fan([0, 10, 30, 60]), fan([28])[0], 2)
    assert found.rows.tolist() == [[2, 1]]
    np.testing.assert_allclose(found.similarity[0], np.cos(np.deg2rad([2, 18])), atol=1e-6)
    assert like(fan([0, 10]), fan([1])[0], 12).rows.tolist() == [[0, 1]]
