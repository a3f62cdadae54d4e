"""What a visitor does on the page Synthesize, and what the store says of it."""

import json
import re
import subprocess
import sys
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page

from tests.browser import markers
from tests.browser.driving import open_page
from tests.browser.server import ROOT, Server
from tests.browser.waiting import until
from tfcore.events import RunState
from tfcore.store.records import Run
from tfcore.store.runs import RunStore
from tfcore.store.schema import connect

WARM_SECONDS = 150.0
QUICK = {"recipe": "lesson-tv", "steps": "120"}
"""Fast to compile and long enough to be interrupted; the address carries it to the form."""
LONG = {"recipe": "lesson-tv", "steps": "5000"}


def grow(page: Page, server: Server, settings: dict[str, str]) -> str:
    """Open the form with settings in the address, press the button, wait for the first picture.

    Returns:
        The run's id.
    """
    open_page(page, f"{server.url}/synthesize?{urlencode(settings)}", grow_button(page))
    grow_button(page).click()
    page.locator(markers.PICTURE).first.wait_for(timeout=WARM_SECONDS * 1000)
    return run_id(page)


def grow_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Grow the image")


def run_id(page: Page) -> str:
    """The run that the address names."""
    page.wait_for_url(re.compile(r"[?&]run="))
    # Asked of the browser: Playwright's own address stands still while nobody listens.
    found = re.search(r"[?&]run=([0-9a-f]+)", str(page.evaluate("location.href")))
    assert found is not None
    return found.group(1)


def button(page: Page, name: str) -> Locator:
    """One of the run's buttons; Streamlit shows a Stop of its own while a page is at work."""
    return page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name, exact=True)


def last_step(page: Page) -> int:
    """The last step that the curves show."""
    return int(page.locator(markers.CURVES).first.get_attribute("data-last-step") or 0)


def wait_step(page: Page, step: int, *, seconds: float = 60.0) -> None:
    """Wait until the curves show a step."""
    until(lambda: last_step(page) >= step, seconds=seconds, what=f"step {step} on the curves")


def stop_all(server: Server) -> None:
    """Stop whatever still runs, whoever owns it, so that the next test finds a free place."""
    store = RunStore(server.data / "runs.sqlite")
    database = connect(server.data / "runs.sqlite")
    for run in store.runs([state for state in RunState if state.is_live]):
        database.execute(
            "INSERT INTO commands (run, owner, verb, payload, created) VALUES (?, ?, ?, ?, 0)",
            (run.id, run.owner, "stop", "{}"),
        )
    try:
        until(
            lambda: not store.runs([state for state in RunState if state.is_live]),
            seconds=60,
            what="every run to stop",
        )
    finally:
        database.close()
        store.close()


def record(server: Server, run: str) -> Run:
    """What the store says of a run."""
    store = RunStore(server.data / "runs.sqlite")
    try:
        found = store.run(run)
    finally:
        store.close()
    assert found is not None
    return found


def marks(server: Server, run: str) -> list[dict[str, float]]:
    """What has been steered so far, in order."""
    store = RunStore(server.data / "runs.sqlite")
    try:
        return [dict(mark.changes) for mark in store.marks(run)]
    finally:
        store.close()


def artifact(server: Server, run: str, name: str = "image.png") -> bytes:
    """A file that the store keeps."""
    store = RunStore(server.data / "runs.sqlite")
    try:
        content = store.artifact(run, name)
    finally:
        store.close()
    assert content is not None
    return content


def command_line(server: Server, *arguments: str) -> dict:
    """Run a verb beside the server, in its data folder; the JSON of the last line."""
    done = subprocess.run(
        [sys.executable, "-m", "tfcore", *arguments],
        cwd=ROOT,
        env={**server.environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
