"""A whole data set: nothing twice, nothing lost, in order."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from tests.features.making import SIZE, Colours, photos
from tests.sources import ROOT
from tfcore.features import planning
from tfcore.features.extraction import extract
from tfcore.features.reading import read
from tfcore.store.features import FeatureStore

SHARD = 64


@pytest.fixture(autouse=True)
def small_shards(monkeypatch):
    monkeypatch.setattr(planning, "MOST_PHOTOS", SHARD)


def digests(work):
    return [source.digest for source in work]


def expected(work):
    pixels = np.stack([read(source, SIZE).found for source in work])
    return pixels.mean(axis=(1, 2), dtype=np.float64).astype(np.float32)


def test_a_second_run_passes_nothing_through_the_network(tmp_path, store):
    work, network = photos(tmp_path / "photos", 70), Colours()
    first = extract(store, network, work)
    assert (first.photos, first.cache_hits, network.photos) == (70, 0, 70)
    again = Colours()
    second = extract(FeatureStore(store.root), again, work)
    assert again.passes == []
    assert (second.cache_hits, second.outcome.progress.passes) == (70, 0)


def test_ten_more_photos_compute_ten(tmp_path, store):
    work = photos(tmp_path / "photos", 70)
    extract(store, Colours(), work)
    more, network = photos(tmp_path / "photos", 10, first=70), Colours()
    mixed = [source for pair in zip(work[:10], more, strict=True) for source in pair] + work[10:]
    assert extract(store, network, mixed).cache_hits == 70
    assert network.passes == [10]
    np.testing.assert_array_equal(
        store.read(Colours.space, digests(mixed)), expected(mixed), strict=True
    )


def test_one_changed_photo_computes_one(tmp_path, store):
    work = photos(tmp_path / "photos", 40)
    extract(store, Colours(), work)
    (work[7],), network = photos(tmp_path / "photos", 1, first=1000), Colours()
    extract(store, network, work)
    assert network.passes == [1]


def test_progress_is_told_after_every_batch(tmp_path, store):
    told = []
    work = photos(tmp_path / "photos", 100)
    summary = extract(store, Colours(), work, on_progress=told.append)
    assert [progress.photos for progress in told] == [32, 64, 96, 100]
    assert told[-1] == summary.outcome.progress
    assert store.contents(Colours.space).photos == 100


@pytest.mark.parametrize("after", [0, 1, 2, 3, 4])
def test_stopped_between_batches_it_goes_on_from_there(tmp_path, store, after):
    work, network, told = photos(tmp_path / "photos", 150), Colours(), []
    summary = extract(
        store, network, work, on_progress=told.append, should_stop=lambda: len(told) == after
    )
    assert summary.outcome.stopped
    assert len(network.passes) == after
    assert store.contents(Colours.space).photos == min(32 * after, 150)
    rest = Colours()
    assert not extract(store, rest, work).outcome.stopped
    assert network.photos + rest.photos == 150
    np.testing.assert_array_equal(store.read(Colours.space, digests(work)), expected(work))


def test_set_aside_photos_are_told_and_tried_again(tmp_path, store):
    folder = tmp_path / "photos"
    work = photos(folder, 70)
    data = (folder / "0066.jpg").read_bytes()
    (folder / "0066.jpg").write_bytes(data[:-1])
    summary = extract(store, Colours(), work)
    assert [aside.source for aside in summary.outcome.set_aside] == [work[66]]
    assert summary.outcome.progress.set_aside == 1
    (folder / "0066.jpg").write_bytes(data)
    network = Colours()
    assert extract(store, network, work).outcome.set_aside == ()
    assert network.passes == [1]


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.features.making import Colours, photos
from tfcore.features import planning
from tfcore.features.extraction import extract
from tfcore.store.features import FeatureStore

planning.MOST_PHOTOS = 64
work = photos(Path(sys.argv[1]), 150)

def die(progress):
    if progress.photos == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

extract(FeatureStore(sys.argv[2]), Colours(), work, on_progress=die)
"""


def test_killed_in_its_second_shard_it_keeps_the_first(tmp_path, store):
    folder = tmp_path / "photos"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), store.root, "96"], cwd=ROOT, check=False
    )
    assert done.returncode == -signal.SIGKILL
    contents = store.contents(Colours.space)
    assert (contents.photos, contents.ignored) == (64, ())
    network, work = Colours(), photos(folder, 150)
    extract(store, network, work)
    assert network.photos == 86
    np.testing.assert_array_equal(store.read(Colours.space, digests(work)), expected(work))


def test_an_error_in_the_network_leaves_no_thread_and_keeps_finished_shards(tmp_path, store):
    work = photos(tmp_path / "photos", 150)
    network = Colours()

    def fail(progress):
        if progress.photos == 96:
            raise OSError("no more memory")

    with pytest.raises(OSError, match="memory"):
        extract(store, network, work, on_progress=fail)
    assert store.contents(Colours.space).photos == 64
    assert not [t for t in threading.enumerate() if t.name.startswith("decoder")]


def test_modes_of_a_file_follow_the_umask(tmp_path, store):
    """Another user's worker on a shared folder must be able to read it."""
    extract(store, Colours(), photos(tmp_path / "photos", 1))
    (file,) = (tmp_path / "features").glob("*/*.parquet")
    mask = os.umask(0)
    os.umask(mask)
    assert file.stat().st_mode & 0o777 == 0o666 & ~mask
