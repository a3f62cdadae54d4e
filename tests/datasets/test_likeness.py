"""What looks alike is found, what does not is not, and flat pictures say nothing."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests import pictures
from tests.datasets import making
from tfcore import images
from tfcore.datasets.likeness import MOST_BITS, alike, near_hash


def bits(one: np.ndarray, other: np.ndarray) -> int:
    first, second = near_hash(one), near_hash(other)
    assert first is not None
    assert second is not None
    return (first ^ second).bit_count()


def resized(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize((width, height)))


EDITS = {
    "half the size": lambda a: resized(a, a.shape[0] // 2, a.shape[1] // 2),
    "twice the size": lambda a: resized(a, a.shape[0] * 2, a.shape[1] * 2),
    "JPEG of quality 40": lambda a: images.as_jpeg(a, 40),
    "a little brighter": lambda a: np.minimum(a.astype(int) + 8, 255).astype(np.uint8),
    "blurred": images.blurred,
    "a mark in the corner": lambda a: np.where(
        np.indices(a.shape[:2]).max(0)[..., None] < 6, 255, a
    ).astype(np.uint8),
}


@pytest.mark.parametrize("edit", EDITS)
def test_small_edits_look_alike(edit):
    for seed in range(8):
        pixels = making.drawing(seed, 120, 160)
        assert bits(pixels, EDITS[edit](pixels)) <= MOST_BITS


@pytest.mark.testbed
def test_real_photos(testbed):
    photos = [images.decode(path.read_bytes()) for path in (testbed / "pets").glob("*/*_1*.jpg")]
    assert len(photos) > 40
    smaller = [resized(photo, photo.shape[0] * 2 // 3, photo.shape[1] * 2 // 3) for photo in photos]
    changed = [bits(a, images.as_jpeg(b, 60)) for a, b in zip(photos, smaller, strict=True)]
    assert np.mean(np.array(changed) <= MOST_BITS) > 0.95
    hashes = [near_hash(photo) for photo in photos]
    assert list(alike(hashes, range(len(hashes)))) == []


def test_other_pictures_and_mirrored_ones_do_not():
    for seed in range(20):
        assert bits(making.drawing(seed), making.drawing(seed + 1)) > 3 * MOST_BITS
        assert bits(making.drawing(seed), making.drawing(seed)[:, ::-1]) > 3 * MOST_BITS


FLAT = {
    "black": np.zeros((40, 40, 3), np.uint8),
    "white": np.full((40, 40, 3), 255, np.uint8),
    "a shade": np.full((40, 40, 3), (10, 200, 90), np.uint8),
    "rows of one shade": pictures.photo()[:, :1].repeat(40, 1),
    "a shade as JPEG": images.as_jpeg(np.full((40, 40, 3), (10, 200, 90), np.uint8), 50),
    "too small": making.drawing(0, 35, 400),
    "faint noise": np.random.default_rng(0).integers(127, 130, (400, 400, 3)).astype(np.uint8),
}


@pytest.mark.parametrize("name", FLAT)
def test_flat_pictures_are_not_compared(name):
    assert near_hash(FLAT[name]) is None


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 3)), max_size=30),
    st.lists(st.tuples(st.integers(0, 29), st.integers(0, 63), st.integers(0, 63)), max_size=20),
    st.integers(0, 8),
)
def test_pairs_are_those_of_the_definition(pictures_, flips, most_bits):
    hashes, groups = [h for h, _ in pictures_], [g for _, g in pictures_]
    for at, one, other in flips:  # near ones, which random numbers never are
        if at < len(hashes):
            hashes.append(hashes[at] ^ (1 << one) ^ (1 << other))
            groups.append(one % 4)
    expected = [
        (a, b)
        for a in range(len(hashes))
        for b in range(a + 1, len(hashes))
        if groups[a] != groups[b] and (hashes[a] ^ hashes[b]).bit_count() <= most_bits
    ]
    assert list(alike(hashes, groups, most_bits=most_bits)) == expected


def test_pairs_across_blocks_are_found_in_25000_pictures_in_seconds():
    hashes = np.random.default_rng(0).integers(0, 1 << 64, 25_000, np.uint64)
    hashes[24_999], hashes[20_000] = hashes[130], hashes[4] ^ np.uint64(7)
    started = time.perf_counter()
    pairs = list(alike(hashes, np.arange(25_000) % 2))
    assert pairs == [(130, 24_999)]  # the other two are of one class
    assert time.perf_counter() - started < 20
