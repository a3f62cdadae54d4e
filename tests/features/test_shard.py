"""One shard, step by step."""

import numpy as np
import pytest

from tests.features.making import SIZE, Colours, photos, shard
from tfcore.errors import UserError
from tfcore.features import ahead as ahead_module
from tfcore.features.ahead import Ahead
from tfcore.features.reading import read
from tfcore.features.shard import ShardExtraction
from tfcore.store.space import Space


def test_a_step_is_a_batch_and_the_last_may_be_smaller(tmp_path):
    work, network = photos(tmp_path / "photos", 70), Colours()
    with Ahead([shard(work)]) as ahead:
        extraction = ShardExtraction(network, shard(work), ahead)
        steps = []
        while not extraction.finished:
            steps.append(extraction.step())
    assert [step.photos for step in steps] == network.passes == [32, 32, 6]
    assert extraction.progress.photos == 70
    assert all(step.decoding > 0 and step.computing > 0 for step in steps)
    found = extraction.result()
    assert list(found.digests) == [source.digest for source in work]
    expected = np.stack([read(source, SIZE).found for source in work]).mean(axis=(1, 2))
    np.testing.assert_allclose(found.values, expected, rtol=1e-6)


def test_a_photo_gone_bad_is_set_aside_and_the_others_go_on(tmp_path):
    folder, network = tmp_path / "photos", Colours()
    work = photos(folder, 40)
    (folder / "0003.jpg").write_bytes(b"other")
    (folder / "0039.jpg").unlink()
    with Ahead([shard(work)]) as ahead:
        extraction = ShardExtraction(network, shard(work), ahead)
        extraction.step()
        extraction.step()
    assert extraction.finished
    found = extraction.result()
    assert [(a.source, a.reason) for a in found.set_aside] == [
        (work[3], "changed"),
        (work[39], "unreadable"),
    ]
    assert list(found.digests) == [s.digest for s in work if s not in (work[3], work[39])]
    assert len(found.values) == 38


def test_a_batch_without_a_usable_photo_does_not_reach_the_network(tmp_path):
    folder, network = tmp_path / "photos", Colours()
    work = photos(folder, 2)
    for path in folder.iterdir():
        path.unlink()
    with Ahead([shard(work)]) as ahead:
        extraction = ShardExtraction(network, shard(work), ahead)
        assert extraction.step().passes == 0
    assert extraction.finished
    assert not network.passes
    assert extraction.result().values.shape == (0, 3)


def test_decoding_is_ahead_but_not_further_than_two_batches(tmp_path, monkeypatch):
    work, begun = photos(tmp_path / "photos", 200), []

    def counted(source, size):
        begun.append(source)
        return read(source, size)

    monkeypatch.setattr(ahead_module, "read", counted)
    with Ahead([shard(work[:100]), shard(work[100:])]) as ahead:
        extraction = ShardExtraction(Colours(), shard(work[:100]), ahead)
        extraction.step()
        for batch in ahead._waiting:
            for future in batch:
                future.result()
        assert len(begun) == 32 * (1 + ahead_module.AHEAD)
        for _ in range(3):
            extraction.step()
        # The next shard's first photos are on their way before anybody works on it.
        assert ahead._waiting[0][0].result().source == work[100]


def test_a_shard_of_another_space_is_refused(tmp_path):
    work = shard(photos(tmp_path / "photos", 1))
    other = Colours()
    other.space = Space(network="other", weights="", size=8, preprocessing="none", dim=3)
    with Ahead([work]) as ahead, pytest.raises(UserError, match="plan it for the network"):
        ShardExtraction(other, work, ahead)


def test_nobody_decodes_with_no_thread():
    with pytest.raises(UserError, match="at least 1"):
        Ahead([], threads=0)
