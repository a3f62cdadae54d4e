"""Seconds a photo and peak memory of an extraction of N photos beside one of N / 20.

Each runs in a process of its own, in alternating rounds, with the smallest network on small images:
what grows with the number of photos would be hidden behind a large one. Aims: seconds a photo
within 10%, and memory flat.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import photo_files

PHOTOS = 20_000
ROUNDS = 3
_SHARE = 20
_WARM = 64


def measure(photos: int = PHOTOS) -> dict[str, Any]:
    few = max(1, photos // _SHARE)
    found: dict[int, list[dict[str, float]]] = {few: [], photos: []}
    for _ in range(ROUNDS):
        for count, runs in found.items():
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.growth", str(count)],
                capture_output=True,
                text=True,
                check=True,
            )
            runs.append(json.loads(done.stdout.splitlines()[-1]))

    def middle(count: int, key: str) -> float:
        return statistics.median(run[key] for run in found[count])

    return {
        "photos": [few, photos],
        "ms_a_photo": [round(middle(count, "ms"), 3) for count in found],
        "cpu_ms_a_photo": [round(middle(count, "cpu_ms"), 3) for count in found],
        "cpu_ratio": round(middle(photos, "cpu_ms") / middle(few, "cpu_ms"), 3),
        "ratio": round(middle(photos, "ms") / middle(few, "ms"), 3),
        "peak_mb": [round(middle(count, "peak_mb")) for count in found],
        "second_run_ms_a_photo": [round(middle(count, "again_ms"), 3) for count in found],
    }


def _run(count: int) -> dict[str, float]:
    from tfcore.backbones.loading import load
    from tfcore.features.extraction import extract
    from tfcore.features.program import Program
    from tfcore.store.features import FeatureStore

    program = Program(load("mobilenet-0.25", weights="random", size=64))
    with tempfile.TemporaryDirectory() as folder:
        files = photo_files.write(Path(folder, "photos"), count)
        extract(FeatureStore(Path(folder, "warm")), program, files[:_WARM])
        store = FeatureStore(Path(folder, "features"))
        began, cpu = time.perf_counter(), time.process_time()
        extract(store, program, files)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        began = time.perf_counter()
        extract(store, program, files)
        again = time.perf_counter() - began
    return {
        "ms": 1000 * seconds / count,
        "cpu_ms": 1000 * cpu_seconds / count,
        "again_ms": 1000 * again / count,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(_run(int(sys.argv[1]))))
