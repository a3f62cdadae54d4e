"""What the engine and the store cost an extraction, beside the bare loop over the same work.

Each round takes photos that the lab has not seen, and EfficientNet-Lite0, two ways in turn:

* bare: ``run_shards`` in this process, one call for all shards, and nothing is kept;
* engine: a run like a person's, from its start to its end, in the engine's one worker: planned,
  computed in tasks of a shard each, kept on disk, told in the record, summed up.

A first round, which loads and compiles, does not count; who begins alternates. Aim: at least 0.95
of the bare rate.

A run ends with an analysis (neighbours, map, separability), which the bare loop has not. What it
takes is measured apart, on the same features in this process, and ``engine_of_bare`` is without it;
``with_analysis`` is the whole. Both stand a second time by processor seconds (``cpu_...``), of all
processes of the engine, because on a machine that is shared the clock tells of the neighbours.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil

from benchmarks import photo_files
from tests.cluster.lab import Lab
from tfcore.datasets import listing
from tfcore.datasets.procedure import LISTING
from tfcore.events import RunState
from tfcore.features.planning import Source, plan
from tfcore.similarity.stored import analyse_stored
from tfcore.store.features import FeatureStore
from tfcore.store.records import Run
from tfcore.store.space import Space

ROUNDS = 3
PHOTOS = 1024
_WARM = 64
_NETWORK = "efficientnet-lite0"
_PATIENCE_SECONDS = 900.0


class _Nowhere(FeatureStore):
    """A store that keeps nothing."""

    def write(self, space: Space, digests: Sequence[str], values: npt.NDArray[np.float32]) -> str:
        return ""


def measure(rounds: int = ROUNDS, photos: int = PHOTOS) -> dict[str, Any]:
    """Photos a second of both ways, and their ratio in each round; the one told is the median."""
    os.nice(10)  # as the engine's worker does: others on the machine shall disturb both alike
    from tfcore.features.extraction import run_shards
    from tfcore.features.program import program_for

    program, nowhere = program_for(_NETWORK), _Nowhere("memory://nowhere")

    def bare(files: Sequence[Source]) -> float:
        shards = plan(nowhere, program.space, files).shards
        began = time.perf_counter()
        run_shards(nowhere, program, shards)
        return time.perf_counter() - began

    rounds_of: list[_Round] = []
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder, "data"))
        try:
            for number in range(rounds + 1):
                count = photos if number else _WARM
                root = Path(folder, f"photos{number}")
                files = photo_files.write(root, count, first=number * photos)
                scan = _ended(lab, {"kind": "scan", "data": str(root)})
                ways = {
                    "bare": (partial(bare, files), [psutil.Process()]),
                    "engine": (partial(engine, lab, scan), _family(lab)),
                    "analysis": (partial(_analyse, lab, scan), [psutil.Process()]),
                }
                order = ("bare", "engine") if number % 2 else ("engine", "bare")
                one = _Round()
                for name in (*order, "analysis"):
                    one.take(name, *ways[name])
                rounds_of += [one] if number else []
        finally:
            lab.close()
    return figures(rounds_of, photos)


class _Round:
    """Wall-clock and processor seconds of each part of a round."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    def take(
        self, name: str, work: Callable[[], float | None], family: Sequence[psutil.Process]
    ) -> None:
        """Do a part; it may say itself how long it took."""
        before, began = _cpu(family), time.perf_counter()
        taken = work()
        self.seconds[name] = time.perf_counter() - began if taken is None else taken
        self.cpu[name] = _cpu(family) - before


def figures(rounds: Sequence[_Round], photos: int) -> dict[str, Any]:
    """Rates, and medians of the ratios of the rounds."""
    found: dict[str, Any] = {
        f"{name}_photos_s": round(photos / statistics.median(r.seconds[name] for r in rounds), 1)
        for name in ("bare", "engine")
    }
    found["analysis_seconds"] = round(statistics.median(r.seconds["analysis"] for r in rounds), 2)
    for start, taken in (("", [r.seconds for r in rounds]), ("cpu_", [r.cpu for r in rounds])):
        alone = [one["bare"] / (one["engine"] - one["analysis"]) for one in taken]
        whole = [one["bare"] / one["engine"] for one in taken]
        found[f"{start}engine_of_bare"] = round(statistics.median(alone), 3)
        found[f"{start}engine_of_bare_in_rounds"] = [round(ratio, 3) for ratio in alone]
        found[f"{start}with_analysis"] = round(statistics.median(whole), 3)
    return found


def engine(lab: Lab, scan: Run) -> float:
    """Extract as a person does; how long the run took."""
    run = _ended(lab, {"kind": "extract", "scan": scan.id, "network": _NETWORK})
    return (run.ended or 0.0) - (run.started or 0.0)


def _analyse(lab: Lab, scan: Run) -> None:
    run = lab.store.finished("extract")[0]
    store, space = FeatureStore(lab.link.config.features_root), Space(**run.summary["space"])
    content = lab.store.artifact(scan.id, LISTING)
    analyse_stored(store, space, listing.from_bytes(content).photos)


def _family(lab: Lab) -> list[psutil.Process]:
    engine = lab.engine()
    return [engine, *engine.children(recursive=True)]


def _cpu(family: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in family)


def _ended(lab: Lab, settings: dict[str, Any]) -> Run:
    return lab.wait(lab.start(settings), RunState.FINISHED, seconds=_PATIENCE_SECONDS)
