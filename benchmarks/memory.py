"""Memory of web process, engine and worker after few and after many runs, with somebody watching.

One visitor starts a short run, watches it to its end and starts the next from the same page. The
aim: after 100 runs each process holds at most a tenth more than after 20. What is measured is the
resident set, a moment after the run has been judged, when nothing is at work.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from pathlib import Path
from typing import Any

import psutil

from benchmarks.visitor import Visitor
from tests.browser.server import Server
from tfcore.engine.connection import Connection
from tfcore.store.runs import RunStore

RUNS = 100
FEW = 5
"""The first look comes after this part of the runs: 20 of 100."""

FORM = "recipe=lesson-tv&steps=6"
_LOOK_SECONDS = 0.1
_RUN_SECONDS = 180.0
_REST_SECONDS = 2.0


def measure(runs: int = RUNS) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "app", idle_seconds=30)
        server.start()
        try:
            few, early, late, errors = asyncio.run(_watch(server, runs))
        finally:
            server.stop()
    return {
        "runs": [few, runs],
        "errors": errors,
        **{f"{name}_mb": [early[name], late[name]] for name in early},
        "ratios": {name: round(late[name] / early[name], 3) for name in early},
        "largest_ratio": round(max(late[name] / early[name] for name in early), 3),
    }


async def _watch(server: Server, runs: int) -> tuple[int, dict[str, int], dict[str, int], int]:
    store = RunStore(server.data / "runs.sqlite")
    few = max(1, runs // FEW)
    early: dict[str, int] = {}
    async with Visitor(server.url, secrets.token_hex(16)) as visitor:
        await visitor.open("synthesize", FORM)
        for number in range(1, runs + 1):
            before = visitor.run
            await visitor.press("Grow the image")
            async with asyncio.timeout(_RUN_SECONDS):
                while visitor.run == before or not _is_over(store, visitor.run):
                    await asyncio.sleep(_LOOK_SECONDS)
            if number == few:
                early = await _megabytes(server)
        late = await _megabytes(server)
        errors = len(visitor.notes.errors)
    store.close()
    return few, early, late, errors


def _is_over(store: RunStore, name: str | None) -> bool:
    run = store.run(name) if name else None
    return run is not None and not run.state.is_live and run.is_settled


async def _megabytes(server: Server) -> dict[str, int]:
    """Resident memory of the three processes."""
    await asyncio.sleep(_REST_SECONDS)
    connection = Connection.read(server.data)
    if connection is None:
        raise RuntimeError("the engine has gone")
    engine = psutil.Process(connection.pid)
    worker = max(engine.children(recursive=True), key=lambda process: process.memory_info().rss)
    there = {"web": psutil.Process(server.pid), "engine": engine, "worker": worker}
    return {name: round(process.memory_info().rss / 1e6) for name, process in there.items()}
