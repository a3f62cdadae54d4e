"""The store of features: what was written is read, in any order, and nothing else is believed."""

import hashlib
import os
import uuid
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfcore.errors import UserError
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

DIM = 6
SPACE = Space(network="x", weights="0f", size=8, preprocessing="tf", dim=DIM)
OTHER = Space(network="y", weights="0f", size=8, preprocessing="tf", dim=DIM)


def digest(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def rows(numbers):
    """Features that tell which photo they are of."""
    return np.array([[n + c / 8 for c in range(DIM)] for n in numbers], np.float32).reshape(-1, DIM)


def write(store, numbers, space=SPACE):
    return Path(store.write(space, [digest(n) for n in numbers], rows(numbers)))


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "features")


numbers = st.integers(0, 30)
shards = st.lists(st.lists(numbers, min_size=1, max_size=8, unique=True), max_size=6)


@given(shards, st.data())
@settings(max_examples=60, deadline=None)
def test_any_photos_are_read_in_any_order(written, data):
    store = FeatureStore(f"memory://{uuid.uuid4().hex}")
    for shard in written:
        store.write(SPACE, [digest(n) for n in shard], rows(shard))
    here = sorted({n for shard in written for n in shard})
    assert store.known(SPACE) == {digest(n) for n in here}
    asked = data.draw(st.lists(st.sampled_from(here))) if here else []
    found = store.read(SPACE, [digest(n) for n in asked])
    np.testing.assert_array_equal(found, rows(asked), strict=True)
    wanted = data.draw(st.lists(numbers))
    missing = [digest(n) for n in dict.fromkeys(wanted) if n not in here]
    assert store.missing(SPACE, [digest(n) for n in wanted]) == missing


@given(shards)
@settings(max_examples=40, deadline=None)
def test_a_photo_in_two_shards_counts_once(written):
    store = FeatureStore(f"memory://{uuid.uuid4().hex}")
    for shard in written + written:
        store.write(SPACE, [digest(n) for n in shard], rows(shard))
    contents = store.contents(SPACE)
    assert contents.photos == len({n for shard in written for n in shard})
    assert bool(contents.size) == bool(written)


def test_the_same_shard_twice_is_one_file(store):
    first = write(store, [1, 2])
    assert write(store, [1, 2]) == first
    assert write(store, [2, 1]) != first
    contents = store.contents(SPACE)
    assert contents.photos == 2
    assert contents.size == sum(file.stat().st_size for file in first.parent.iterdir())


def test_spaces_do_not_mix(store):
    write(store, [1])
    assert store.known(OTHER) == frozenset()
    with pytest.raises(UserError, match="1 of 1 photos without features"):
        store.read(OTHER, [digest(1)])


def test_reading_nothing_gives_nothing(store):
    assert store.read(SPACE, []).shape == (0, DIM)


def test_only_the_shards_asked_for_are_opened(store):
    write(store, [1])
    write(store, [2]).write_bytes(_flipped_in_the_features(write(store, [2])))
    np.testing.assert_array_equal(store.read(SPACE, [digest(1)]), rows([1]))


def test_a_shard_is_not_seen_before_it_is_whole(store, monkeypatch):
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(store.contents(SPACE)))
    file = write(store, [1])
    (contents,) = seen
    assert (contents.photos, contents.ignored) == (0, ())
    assert list(file.parent.iterdir()) == [file]


def test_what_a_killed_process_left_half_is_no_shard(store):
    file = write(store, [1])
    (file.parent / f".{file.name}.part").write_bytes(file.read_bytes()[:100])
    contents = store.contents(SPACE)
    assert (contents.photos, contents.ignored) == (1, ())


def _flipped_in_the_features(file):
    data = bytearray(file.read_bytes())
    column = pq.ParquetFile(file).metadata.row_group(0).column(1)
    data[column.data_page_offset + column.total_compressed_size - 2] ^= 1
    return bytes(data)


def _foreign(file):
    out = pa.BufferOutputStream()
    pq.write_table(pa.table({"digest": [digest(1)], "features": [[1.0] * DIM]}), out)
    return out.getvalue().to_pybytes()


BAD = {
    "empty": (lambda file: b"", "damaged"),
    "cut off": (lambda file: file.read_bytes()[:-20], "damaged"),
    "text": (lambda file: b"features, honestly" * 10, "damaged"),
    "another table": (_foreign, "something else than features of this space"),
}


@pytest.mark.parametrize(("change", "reason"), BAD.values(), ids=BAD)
def test_a_damaged_shard_is_told_and_its_photos_are_missing(store, change, reason):
    write(store, [1, 2])
    bad = write(store, [3, 4])
    bad.write_bytes(change(bad))
    contents = store.contents(SPACE)
    (ignored,) = contents.ignored
    assert ignored.file == str(bad)
    assert reason in ignored.reason
    assert store.missing(SPACE, [digest(n) for n in range(1, 5)]) == [digest(3), digest(4)]
    write(store, [3, 4])
    np.testing.assert_array_equal(store.read(SPACE, [digest(4)]), rows([4]))


def test_shards_in_the_wrong_place_are_not_believed(store):
    shard, alien = write(store, [1, 2]), write(store, [3], OTHER)
    (shard.parent / alien.name).write_bytes(alien.read_bytes())
    (shard.parent / f"{digest('renamed')}.parquet").write_bytes(shard.read_bytes())
    (shard.parent / "notes.txt").write_text("hello")
    (shard.parent / f"{digest('folder')}.parquet").mkdir()
    contents = store.contents(SPACE)
    reasons = {Path(i.file).name: i.reason for i in contents.ignored}
    assert contents.photos == 2
    assert len(reasons) == 4
    assert "something else" in reasons[alien.name]
    assert "does not fit" in reasons[f"{digest('renamed')}.parquet"]
    assert "name" in reasons["notes.txt"]


def test_damage_in_the_features_is_named_when_they_are_read(store):
    shard = write(store, [1, 2])
    shard.write_bytes(_flipped_in_the_features(shard))
    with pytest.raises(UserError, match=f"{shard.name}.*delete it and extract again"):
        store.read(SPACE, [digest(1)])


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_no_flipped_bit_gives_wrong_features(place, bit):
    store = FeatureStore(f"memory://{uuid.uuid4().hex}")
    address = store.write(SPACE, [digest(n) for n in range(5)], rows(range(5)))
    data = bytearray(store._files.cat_file(address))
    data[int(place * len(data))] ^= 1 << bit
    store._files.pipe_file(address, bytes(data))
    wanted = [digest(n) for n in range(5)]
    try:
        found = store.read(SPACE, wanted)
    except UserError:
        return
    np.testing.assert_array_equal(found, rows(range(5)))


@pytest.mark.parametrize(
    ("digests", "values", "match"),
    [
        ([digest(1)], rows([1, 2]), "shape"),
        ([], rows([]), "at least one"),
        ([digest(1)], rows([1]).astype(np.float64), "float64"),
        ([digest(1)] * 2, rows([1, 1]), "twice"),
        (["../../etc"], rows([1]), "etc"),
        ([digest(1)], rows([np.nan]), "not finite"),
    ],
    ids=["too many", "none", "type", "twice", "no digest", "not a number"],
)
def test_what_is_no_shard_is_not_written(store, digests, values, match):
    with pytest.raises(UserError, match=match):
        store.write(SPACE, digests, values)
    assert store.known(SPACE) == frozenset()


def test_an_address_that_is_none_is_refused():
    with pytest.raises(UserError, match="nowhere://x"):
        FeatureStore("nowhere://x")


def test_two_views_of_one_folder_see_each_other(tmp_path):
    ours, theirs = (FeatureStore(tmp_path / "features") for _ in range(2))
    assert ours.known(SPACE) == frozenset()
    write(theirs, [1])
    assert ours.known(SPACE) == {digest(1)}


def test_it_tells_whether_a_shard_of_exactly_these_photos_is_here(store):
    place = write(store, [1, 2, 3])
    assert store.holds(SPACE, [digest(n) for n in (1, 2, 3)])
    for other in ([1, 2], [1, 2, 3, 4], [3, 2, 1]):
        assert not store.holds(SPACE, [digest(n) for n in other])
    assert not store.holds(OTHER, [digest(n) for n in (1, 2, 3)])
    place.write_bytes(place.read_bytes()[:-9])
    assert not store.holds(SPACE, [digest(n) for n in (1, 2, 3)]), "a damaged one is not believed"
