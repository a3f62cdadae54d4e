"""Fixtures for tests with a real browser: the app's processes, one Chromium, fresh pages.

`server` is shared by all tests and must stay unharmed; `own_server` belongs to one test, which
may kill it. `page` is one fresh visitor; `new_page` makes more, each with cookies of its own.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.server import ROOT, Server
from tests.conftest import REPORTS
from tests.install_browser import NO_BROWSER, OPTIONS, find_chromium

ARTIFACTS = ROOT / "artifacts"

MakeServer = Callable[..., Server]
NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the browser carries its mark, said or not."""
    for item in items:
        if {"browser", "chromium"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium that works."""
    found = find_chromium()
    if found is None:
        pytest.skip(NO_BROWSER)
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One real Chromium for all tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(OPTIONS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def shared_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeServer]:
    """Start servers that live until the last test; `script=` names another app than ours."""
    yield from _servers(tmp_path_factory)


@pytest.fixture(scope="session")
def server(shared_servers: MakeServer) -> Server:
    """The app, started once for all tests that do it no harm."""
    return shared_servers(idle_seconds=30)


@pytest.fixture
def make_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeServer]:
    """Start servers that end with the test."""
    yield from _servers(tmp_path_factory)


@pytest.fixture
def own_server(make_server: MakeServer) -> Server:
    """The app, started for this test alone: it may be killed and started again."""
    return make_server()


@pytest.fixture
def new_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """Make pages, each a visitor with cookies of its own; options as for a browser context."""
    pages: list[Page] = []

    def make(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        page = context.new_page()
        pages.append(page)
        return page

    yield make
    reports = request.node.stash.get(REPORTS, {})
    failed = any(report.failed for report in reports.values())
    for number, page in enumerate(pages):
        if failed and not page.is_closed():
            _keep_screenshot(page, request.node.nodeid, number)
        page.context.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A fresh visitor at a desktop."""
    return new_page()


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    """A fresh visitor with a phone."""
    return new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)


def _servers(factory: pytest.TempPathFactory) -> Iterator[MakeServer]:
    started: list[Server] = []

    def make(**options: Any) -> Server:
        server = Server(factory.mktemp("server"), **options)
        started.append(server)
        return server.start()

    yield make
    for server in started:
        server.stop()


def _keep_screenshot(page: Page, test: str, number: int) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", f"{test}-{number}")[-120:]
    path: Path = ARTIFACTS / f"{name}.png"
    page.screenshot(path=path)
