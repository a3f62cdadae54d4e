"""A step of a real run, with checkpoints, previews and one viewer, beside a bare compiled loop.

Both do the recipe ``lesson-tv`` on the folded EfficientNet-Lite0, 224 px, batch 1, in processes of
their own, in alternating rounds. The aim is a ratio of at most 1.15.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.viewer import watch
from tfcore.config import Config
from tfcore.engine.link import EngineLink
from tfcore.events import Verb

ROUNDS = 5
WARM_STEPS, STEPS = 50, 300
_OWNER = "bench"


def measure() -> dict[str, float]:
    bare: list[float] = []
    engine: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        link = EngineLink(Config(data=Path(folder)))
        _wait_ready(link)
        try:
            _engine_step(link)  # compiles
            for _ in range(ROUNDS):
                bare.append(_bare_step())
                engine.append(_engine_step(link))
        finally:
            _leave(link)
    middle_bare, middle_engine = statistics.median(bare), statistics.median(engine)
    return {
        "bare_ms": round(middle_bare, 2),
        "engine_ms": round(middle_engine, 2),
        "ratio": round(middle_engine / middle_bare, 3),
        "ratio_of_rounds": [round(e / b, 3) for e, b in zip(engine, bare, strict=True)],
    }


def _bare_step() -> float:
    """Milliseconds of a step of the bare loop, in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bare_loop", str(WARM_STEPS), str(STEPS)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(done.stdout.splitlines()[-1])["ms"])


def _engine_step(link: EngineLink) -> float:
    """Milliseconds of a step of a run, by the wall clock, while somebody watches."""
    run = link.submit({"recipe": "lesson-tv", "steps": WARM_STEPS + STEPS + 500}, owner=_OWNER)
    seen: list[tuple[float, int]] = []
    done = threading.Event()

    def note(step: int) -> None:
        seen.append((time.perf_counter(), step))
        if step >= WARM_STEPS + STEPS:
            done.set()

    watch(link, run, note, until=done)
    link.command(run, Verb.STOP, owner=_OWNER)
    watch(link, run, lambda _: None, until=None)
    start = next(entry for entry in seen if entry[1] >= WARM_STEPS)
    end = seen[-1]
    return 1000 * (end[0] - start[0]) / (end[1] - start[1])


def _wait_ready(link: EngineLink) -> None:
    pause = threading.Event()
    while not link.status().is_ready:
        link.renew_lease()
        link.ensure()
        pause.wait(0.1)


def _leave(link: EngineLink) -> None:
    connection = link.ensure()
    link.close()
    if connection is not None:
        import psutil

        engine = psutil.Process(connection.pid)
        engine.terminate()
        engine.wait(20)
