"""What the engine and the store cost an extraction, beside the bare loop over the same work.

Each round takes photos that the lab has not seen, and EfficientNet-Lite0, two ways in turn:

* bare: ``run_shards`` in this process, one call for all shards, and nothing is kept;
* engine: a run like a person's, from its start to its end, in the engine's one worker: planned,
  computed in tasks of a shard each, kept on disk, told in the record, summed up.

A first round, which loads and compiles, does not count. Aim: at least 0.95 of the bare rate.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import photo_files
from tests.cluster.lab import Lab
from tfcore.events import RunState
from tfcore.features.planning import Source, plan
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

    rates: dict[str, list[float]] = {"bare": [], "engine": []}
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder, "data"))
        try:
            for number in range(rounds + 1):
                count = photos if number else _WARM
                root = Path(folder, f"photos{number}")
                files = photo_files.write(root, count, first=number * photos)
                scan = _ended(lab, {"kind": "scan", "data": str(root)})
                seconds = {"bare": bare(files)}
                run = _ended(lab, {"kind": "extract", "scan": scan.id, "network": _NETWORK})
                seconds["engine"] = (run.ended or 0.0) - (run.started or 0.0)
                for way, taken in seconds.items():
                    rates[way] += [count / taken] if number else []
        finally:
            lab.close()
    ratios = [ours / alone for ours, alone in zip(rates["engine"], rates["bare"], strict=True)]
    return {
        **{f"{way}_photos_s": round(statistics.median(found), 1) for way, found in rates.items()},
        "engine_of_bare": round(statistics.median(ratios), 3),
        "engine_of_bare_in_rounds": [round(ratio, 3) for ratio in ratios],
    }


def _ended(lab: Lab, settings: dict[str, Any]) -> Run:
    return lab.wait(lab.start(settings), RunState.FINISHED, seconds=_PATIENCE_SECONDS)
