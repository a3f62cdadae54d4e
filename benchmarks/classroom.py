"""A class presses the button at once: a real server, real browsers for some, protocol for the rest.

Everybody opens the form and starts a short run within the same moment; every fifth starts a second
one, so that there are turns to take. While all of it goes on, one more visitor opens Home in a
fresh session again and again. The lab is warm before: a teacher has opened it. The aims: nobody
sees an error, everybody finishes, people take turns, and 95 of 100 page answers come within a
second.

What is timed, from the visitor's side of the WebSocket: ``page``, from asking for a page (``open``,
or ``home`` with the connection) or pressing a button (``press``) until the script has finished,
with all its elements received; ``meanwhile``, what was asked from the first press on; ``tick``,
from asking for a live fragment again until it has been received. Browsers draw as well; theirs is
the time from the click until the address names the run.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.visitor import Notes, Visitor
from tests.browser import markers
from tests.browser.server import Server
from tests.browser.visiting import grow_button
from tests.install_browser import OPTIONS, find_chromium
from tfcore.events import RunState
from tfcore.store.records import Run
from tfcore.store.runs import RunStore

VISITORS = 30
BROWSERS = 3
TWICE = 5
FORM = "recipe=lesson-tv&steps=40"
_HOME_SECONDS = 1.0
_LOOK_SECONDS = 0.2
_MOST_SECONDS = 1800.0


@dataclass
class Seen:
    """What all the visitors saw."""

    class_notes: list[Notes] = field(default_factory=list)
    home: Notes = field(default_factory=Notes)
    clicks: list[float] = field(default_factory=list)
    browser_errors: int = 0


def measure(visitors: int = VISITORS) -> dict[str, Any]:
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "app", idle_seconds=30)
        server.start()
        try:
            store = RunStore(server.data / "runs.sqlite")
            asyncio.run(_warm(server.url, store))
            by_browser = min(BROWSERS, visitors)
            wanted = visitors + sum(n % TWICE == 0 for n in range(visitors - by_browser))
            began = time.monotonic()
            over, ready = threading.Event(), threading.Barrier(2)
            with ThreadPoolExecutor(1) as threads:
                crowd = threads.submit(
                    lambda: asyncio.run(
                        _crowd(server.url, visitors - by_browser, seen, ready, over)
                    )
                )
                try:
                    _browse(server.url, by_browser, seen, ready, store, wanted)
                finally:
                    over.set()
                    ready.abort()
                crowd.result()
            seconds = time.monotonic() - began
            runs = store.runs(limit=None)
            store.close()
        finally:
            server.stop()
    return {"visitors": visitors, "seconds": round(seconds, 1), **figures(seen, runs, wanted)}


def figures(seen: Seen, runs: Sequence[Run], wanted: int) -> dict[str, Any]:
    """What came of it."""
    notes = seen.class_notes
    opened = [took for note in notes for took in note.opened]
    pressed = [took for note in notes for took in note.pressed]
    home = seen.home.opened
    pages = [*opened, *pressed, *home]
    ticks = [took for note in notes for took in note.ticks]
    waits = [run.started - run.created for run in runs if run.started is not None]
    told = [note.places for note in notes if note.places]
    return {
        "runs_wanted": wanted,
        "runs_finished": sum(run.state is RunState.FINISHED for run in runs),
        "errors": sum(len(note.errors) for note in [*notes, seen.home]) + seen.browser_errors,
        "out_of_turn": out_of_turn(runs),
        "page_p95_seconds": percentile(pages, 95),
        "page_median_seconds": percentile(pages, 50),
        "meanwhile_p95_seconds": percentile([*pressed, *home], 95),
        "open_p95_seconds": percentile(opened, 95),
        "press_p95_seconds": percentile(pressed, 95),
        "home_p95_seconds": percentile(home, 95),
        "tick_p95_seconds": percentile(ticks, 95),
        "page_answers": len(pages),
        "tick_answers": len(ticks),
        "browser_click_seconds": [round(took, 2) for took in seen.clicks],
        "first_wait_seconds": round(min(waits, default=math.nan), 1),
        "longest_wait_seconds": round(max(waits, default=math.nan), 1),
        "median_wait_seconds": round(statistics.median(waits), 1) if waits else math.nan,
        "visitors_told_their_place": len(told),
        "an_example_of_what_they_were_told": max(told, key=len, default=[])[:6],
    }


def out_of_turn(runs: Sequence[Run]) -> int:
    """Starts that were not fair.

    A start is unfair when somebody else waited at that moment who had been served less often.
    """
    served: Counter[str] = Counter()
    unfair = 0
    started = [run for run in runs if run.started is not None]
    for run in sorted(started, key=lambda run: run.started or 0.0):
        waiting = {
            other.owner
            for other in started
            if other.created < (run.started or 0.0) < (other.started or 0.0)
        }
        unfair += any(served[owner] < served[run.owner] for owner in waiting - {run.owner})
        served[run.owner] += 1
    return unfair


def percentile(values: Sequence[float], share: int) -> float:
    """The value that ``share`` of a hundred do not exceed; not a number without values."""
    if not values:
        return math.nan
    ranked = sorted(values)
    return round(ranked[max(0, math.ceil(share / 100 * len(ranked)) - 1)], 3)


async def _warm(url: str, store: RunStore) -> None:
    """Open the lab once, and wait until its worker is ready."""
    async with Visitor(url, secrets.token_hex(16)) as visitor:
        await visitor.open()
        while store.engine_status().get("ready") != "yes":
            await asyncio.sleep(_LOOK_SECONDS)


async def _crowd(
    url: str, number: int, seen: Seen, ready: threading.Barrier, over: threading.Event
) -> None:
    """The visitors without a browser, and the one who keeps opening Home."""
    open_doors = asyncio.Event()
    everybody = [
        asyncio.create_task(_attend(url, n, seen, open_doors, over)) for n in range(number)
    ]
    home = asyncio.create_task(_keep_opening_home(url, seen, over))
    await asyncio.to_thread(ready.wait)
    open_doors.set()
    await asyncio.gather(*everybody, home)


async def _attend(
    url: str, number: int, seen: Seen, doors: asyncio.Barrier, over: threading.Event
) -> None:
    """Open the form, press the button with everybody else, then watch until the class is over."""
    async with Visitor(url, secrets.token_hex(16)) as visitor:
        seen.class_notes.append(visitor.notes)
        await visitor.open("synthesize", FORM)
        await doors.wait()
        for _ in range(2 if number % TWICE == 0 else 1):
            await visitor.press("Grow the image")
        while not over.is_set():
            await asyncio.sleep(_LOOK_SECONDS)


async def _keep_opening_home(url: str, seen: Seen, over: threading.Event) -> None:
    while not over.is_set():
        began = time.perf_counter()
        async with Visitor(url, secrets.token_hex(16)) as visitor:
            await visitor.open()
            seen.home.opened.append(time.perf_counter() - began)
            seen.home.errors += visitor.notes.errors
        await asyncio.sleep(_HOME_SECONDS)


def _browse(
    url: str,
    number: int,
    seen: Seen,
    ready: threading.Barrier,
    store: RunStore,
    wanted: int,
) -> None:
    """The visitors with a browser; then wait until every run is over."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(OPTIONS))
        pages = [_open_form(chromium, url) for _ in range(number)]
        ready.wait()
        for page in pages:
            began = time.perf_counter()
            grow_button(page).click()
            page.wait_for_url("**run=**", timeout=60_000)
            seen.clicks.append(time.perf_counter() - began)
        deadline = time.monotonic() + _MOST_SECONDS
        while time.monotonic() < deadline and _unfinished(store, wanted):
            pages[0].wait_for_timeout(1000 * _LOOK_SECONDS)
        for page in pages:
            page.locator(markers.FINISHED).first.wait_for(timeout=60_000)
            seen.browser_errors += page.locator(markers.STREAMLIT_ERROR).count()
        chromium.close()


def _open_form(chromium: Browser, url: str) -> Page:
    page = chromium.new_context().new_page()
    page.goto(f"{url}/synthesize?{FORM}")
    grow_button(page).wait_for(timeout=120_000)
    return page


def _unfinished(store: RunStore, wanted: int) -> bool:
    runs = store.runs(limit=None)
    return len(runs) < wanted or any(run.state.is_live or not run.is_settled for run in runs)
