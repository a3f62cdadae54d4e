"""What one look at a run costs at step 2,000 and at step 100,000: it must be the same.

Prints bytes sent and median milliseconds read, and their ratios (at most 1.2 is the aim).
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path

from tfcore.events import Verb
from tfcore.store.writer import RunWriter

STEPS_A_TICK = 18
ROUNDS = 200
SHORT, LONG = 2_000, 100_000


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = RunWriter(Path(folder) / "runs.sqlite")
        _fill(store, "short", SHORT)
        _fill(store, "long", LONG)
        samples: dict[str, list[float]] = {"short": [], "long": []}
        for _ in range(ROUNDS):
            for run, last in (("short", SHORT), ("long", LONG)):
                began = time.perf_counter()
                _look(store, run, last)
                samples[run].append(1000 * (time.perf_counter() - began))
        size = {run: _look(store, run, last) for run, last in (("short", SHORT), ("long", LONG))}
        middle = {run: statistics.median(values) for run, values in samples.items()}
        store.close()
    return {
        "bytes_at_2000": size["short"],
        "bytes_at_100000": size["long"],
        "bytes_ratio": round(size["long"] / size["short"], 3),
        "read_ms_at_2000": round(middle["short"], 3),
        "read_ms_at_100000": round(middle["long"], 3),
        "read_ratio": round(middle["long"] / middle["short"], 3),
    }


def _fill(store: RunWriter, run: str, steps: int) -> None:
    settings = {"kind": "synthesize", "steps": steps}
    number = store.command(run, Verb.SUBMIT, settings, owner="bench")
    submission = next(c for c in store.open_commands(run) if c.id == number)
    store.create(submission, title=run, settings=settings)
    figures = {"total": -1.25, "logit": -1.5, "variation": 0.25, "l2": 0.0, "probability": 0.5}
    with store.transaction():
        for first in range(1, steps + 1, 1000):
            store.add_metrics(run, [(step, figures) for step in range(first, first + 1000)])
        for step in range(steps // 200, steps + 1, steps // 200):
            store.add_frame(run, step, b"j" * 15_000, [(284, 0.9)] * 5)


def _look(store: RunWriter, run: str, last: int) -> int:
    """What one tick of a page reads; the bytes of what it would send."""
    record = store.run(run)
    rows = store.metrics_after(run, last - STEPS_A_TICK)
    frame = store.frame(run)
    marks = store.marks(run)
    if record is None or frame is None or len(rows) != STEPS_A_TICK:
        raise RuntimeError("the made-up run is not there")
    return len(json.dumps([rows, frame.top5, [mark.changes for mark in marks]])) + len(frame.jpeg)
