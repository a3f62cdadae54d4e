"""An extraction on a cluster of three workers, of which one is killed while it computes."""

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.cluster.dask_cluster import DaskCluster
from tests.cluster.lab import Lab
from tests.features.making import photos
from tfcore.engine.reports import REPORTS_TOPIC
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

pytestmark = pytest.mark.timeout(400)

SHARD, SHARDS = 32, 8
WORKERS = {"first": "run=1 shard=1", "second": "shard=1", "third": "shard=1"}


def extract(lab: Lab, root: Path, out: Path) -> dict:
    """What the command line tells; ``lab`` is whose engine is asked."""
    done = subprocess.run(
        [sys.executable, "-m", "tfcore", "extract", "--data", str(root), "--out", str(out)],
        env=lab.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


class Assassin:
    """Kills the worker that begins a shard after the first one is kept, in that very moment."""

    def __init__(self, cluster: DaskCluster) -> None:
        self.struck: Future[tuple[str, int]] = Future()
        self.heard: list[dict] = []
        self._cluster = cluster
        cluster.listen(REPORTS_TOPIC, self._hear)

    def _hear(self, report: dict) -> None:
        self.heard.append(report)
        is_late = any(one["type"] == "shard" for one in self.heard)
        begins = report["type"] == "batch" and report["done"] == 0
        if is_late and begins and not self.struck.done():
            self._cluster.kill(report["worker"])
            self.struck.set_result((report["worker"], report["shard"]))

    def kept_by(self, shard: int) -> list[str]:
        return [
            one["worker"] for one in self.heard if one["type"] == "shard" and one["shard"] == shard
        ]


def test_a_killed_worker_changes_nothing_and_nothing_is_computed_twice(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "pets"
    root.mkdir()
    photos(root / "cat", SHARD * SHARDS // 2)
    photos(root / "dog", SHARD * SHARDS // 2, first=1000)
    alone = extract(lab, root, tmp_path / "alone")
    assert alone["forward_passes"] == SHARDS

    data = tmp_path / "spread"
    workers = {"TRANSFERLAB_DATA": str(data)}
    with DaskCluster(tmp_path / "cluster", WORKERS, workers) as cluster:
        for name, value in {**cluster.variables, "TRANSFERLAB_SHARD_PHOTOS": str(SHARD)}.items():
            monkeypatch.setenv(name, value)
        with closing(Lab(data)) as spread:
            assassin = Assassin(cluster)
            together = extract(spread, root, tmp_path / "together")
            killed, shard = assassin.struck.result(0)
            record = spread.store.run(together["run_id"])
            told = [figures for _, figures in spread.store.all_metrics(record.id)]
        assert [cluster.lives(name) for name in WORKERS] == [name != killed for name in WORKERS]

    assert assassin.kept_by(shard) not in ([], [killed]), "another worker took over"
    assert killed not in assassin.kept_by(shard)

    first, second = (
        pq.read_table(tmp_path / name / "features.parquet") for name in ("alone", "together")
    )
    for column in ("file", "label", "digest"):
        assert second[column].to_pylist() == first[column].to_pylist()
    values = [np.array(table["features"].to_pylist()) for table in (first, second)]
    np.testing.assert_allclose(*values, atol=1e-4)
    assert np.ptp(values[0], axis=0).max() > 0.1

    # What its other task kept in the last moment and could not tell is found, not computed.
    found = together["cache_hits"]
    assert found in (0, SHARD)
    assert together["images"] == SHARD * SHARDS
    assert sum(row["photos"] for row in told) == SHARD * SHARDS - found, "each is told once"
    assert together["forward_passes"] * SHARD == SHARD * SHARDS - found
    assert record.attempt == 1
    assert record.summary["workers"] == len(WORKERS)
    store, space = FeatureStore(data / "features"), Space(**record.summary["space"])
    kept = Counter(place for place, _, _ in store.contents(space).places.values())
    assert set(kept.values()) == {SHARD}
    assert len(list((data / "features").glob("*/*.parquet"))) == SHARDS
