"""Which photos are computed, and in which shards."""

from pathlib import Path

import numpy as np
import pytest

from tests.datasets.making import photo
from tests.features.making import Colours
from tfcore.errors import TooLarge, UserError
from tfcore.features.planning import (
    BATCH,
    MAX_DIM,
    SHARD_BYTES,
    Source,
    plan,
    shard_photos,
    sources,
)

SPACE = Colours.space


def files(numbers):
    return [Source(f"/photos/{n}.jpg", f"{n:064x}") for n in numbers]


def keep(store, wanted):
    store.write(SPACE, [each.digest for each in wanted], np.zeros((len(wanted), 3), np.float32))


def test_shards_have_fixed_sizes_in_the_order_of_the_listing(store):
    wanted = files(range(600))
    shards = plan(store, SPACE, wanted).shards
    assert [len(shard.sources) for shard in shards] == [256, 256, 88]
    assert [source for shard in shards for source in shard.sources] == wanted


def test_a_deployment_may_ask_for_smaller_shards(store):
    shards = plan(store, SPACE, files(range(100)), 64).shards
    assert [len(shard.sources) for shard in shards] == [64, 36]
    assert shard_photos(100_000, 200) == 160
    assert shard_photos(100_000, 64) == 64


def test_what_is_left_after_some_shards_is_cut_at_the_same_places(store):
    wanted = files(range(600))
    first, *others = plan(store, SPACE, wanted).shards
    keep(store, first.sources)
    left = plan(store, SPACE, wanted)
    assert list(left.shards) == others
    assert (left.photos, left.cache_hits, left.missing) == (600, 256, 344)
    assert left.size == 344 * 3 * 4


def test_photos_that_came_between_others_are_one_shard(store):
    wanted = files(range(0, 600, 2))
    keep(store, wanted[:256])
    keep(store, wanted[256:])
    grown = files(range(0, 600, 60)) + files(range(1, 600, 60))
    (shard,) = plan(store, SPACE, sorted(grown, key=lambda source: source.digest)).shards
    assert list(shard.sources) == files(range(1, 600, 60))


def test_of_the_same_bytes_the_first_file_is_computed(store):
    copy = Source("/photos/copy.jpg", files([3])[0].digest)
    found = plan(store, SPACE, [*files(range(5)), copy])
    assert found.photos == 5
    assert list(found.shards[0].sources) == files(range(5))


def test_nothing_to_do_is_no_shard(store):
    assert plan(store, SPACE, []).shards == ()


@pytest.mark.parametrize("dim", [1, 1280, 65_537, 100_000, MAX_DIM])
def test_a_shard_is_whole_batches_within_its_bytes(dim):
    most = shard_photos(dim)
    assert most % BATCH == 0
    assert BATCH <= most <= 256
    assert most * dim * 4 <= SHARD_BYTES


def test_features_that_are_too_large_are_refused_with_numbers():
    with pytest.raises(TooLarge, match=r"3,211,264 numbers.*12\.2 MB.*524,288.*2 MB.*mean"):
        shard_photos(224 * 224 * 64)


def test_files_of_a_listing_lie_in_its_folder(tmp_path):
    (found,) = sources(tmp_path, [photo(7)])
    assert found == Source(str(tmp_path.resolve() / "cat" / "7.jpg"), f"{7:064x}")
    assert Path(found.path).is_absolute()
    with pytest.raises(UserError, match="inside the data set"):
        list(sources(tmp_path, [photo(7, file="../7.jpg")]))
