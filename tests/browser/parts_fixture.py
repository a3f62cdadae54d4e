"""Starts the page of parts and opens it in the tests' Chromium."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.driving import open_page
from tests.browser.server import ROOT, Server

# Every part carries this expando for as long as it is the very same element.
MARK = "node => { node.mine = true; }"
IS_MARKED = "node => node.mine === true"
LIMIT = 20_000
"""Milliseconds; reading Plotly's 5 MB takes a busy machine some seconds."""


def parts_server(folder: Path) -> Server:
    """Serve a copy of the page of parts, whose ``static`` folder is its own."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "app.py"
    shutil.copy(ROOT / "tests/browser/parts_app.py", script)
    return Server(folder, script=script, environment={**os.environ, "PYTHONPATH": str(ROOT)})


@pytest.fixture(scope="module")
def parts_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the page of parts."""
    server = parts_server(tmp_path_factory.mktemp("parts"))
    yield server.start().url
    server.stop()


@pytest.fixture(scope="module")
def familiar(browser: Browser) -> Iterator[BrowserContext]:
    """One visitor for all tests that leave no trace: scripts come from the browser's cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    expect.set_options(timeout=LIMIT)
    yield context
    expect.set_options(timeout=5_000)
    context.close()


@pytest.fixture
def parts(familiar: BrowserContext) -> Iterator[Page]:
    """A fresh page of the familiar visitor."""
    page = familiar.new_page()
    page.set_default_timeout(LIMIT)
    yield page
    page.close()


@pytest.fixture
def stranger(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor without cookies."""
    context = browser.new_context()
    context.set_default_timeout(LIMIT)
    # These tests look at cookies: without the chart they are quick.
    context.route("**/plotly.min.js", lambda route: route.abort())
    yield context
    context.close()


def open_parts(page: Page, url: str, query: str = "") -> Page:
    """Open the page; return when it has drawn its last line."""
    open_page(page, f"{url}/?{query}", page.get_by_text("owner "))
    return page


def plot_of(page: Page, steps: int) -> Locator:
    plot = page.locator(".tl-curves .plot")
    expect(plot).to_have_attribute("data-last-step", str(steps))
    return plot


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def shown(plot: Locator, path: str) -> object:
    """A value of the figure that Plotly shows, such as ``layout.xaxis.range``."""
    return plot.evaluate(f"node => node.{path}")
