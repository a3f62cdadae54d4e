"""Starts the page of parts and opens it in a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
READY = "[data-testid=stApp][data-test-connection-state=CONNECTED]"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def await_health(url: str, process: subprocess.Popen[str]) -> None:
    """Return when the server answers; fail when it died or took 30 s."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            # Returns at once if the server dies meanwhile.
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a copy of the page of parts from ``folder``; yields its address."""
    shutil.copy(ROOT / "tests/browser/parts_app.py", folder / "app.py")
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (folder / "log.txt").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true",
         "--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none"],
        cwd=folder, stdout=log, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        await_health(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.fixture(scope="module")
def parts_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("parts")) as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    system = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=ARGUMENTS)
        # Reading Plotly's 5 MB takes a busy machine some seconds.
        expect.set_options(timeout=20_000)
        yield browser
        expect.set_options(timeout=5_000)
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


def open_parts(
    context: BrowserContext, url: str, query: str = "", page: Page | None = None
) -> Page:
    """Open the page; return when it has drawn its last line."""
    page = page or context.new_page()
    page.goto(f"{url}/?{query}")
    page.wait_for_selector(READY)
    page.get_by_text("owner ").wait_for()
    return page
