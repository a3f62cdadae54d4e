"""The app as a shared host runs it: no make, a clean environment, little memory."""

from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from tests import shared_host
from tests.browser import markers
from tests.browser.conftest import MakeServer, NewPage
from tests.browser.driving import open_page
from tests.memory_guard import MemoryGuard

MEMORY_LIMIT = 2_700_000_000
"""Bytes; what the largest free shared host gives to an app, engine and worker included."""

RUN_SECONDS = 240.0


@pytest.mark.deployment
@pytest.mark.browser
@pytest.mark.timeout(900)
def test_a_shared_host_grows_an_ideal_cat(new_page: NewPage, make_server: MakeServer) -> None:
    host = shared_host.get()
    server = make_server(
        streamlit=(str(host.streamlit),),
        script=Path("streamlit_app.py"),
        cwd=host.project,
        inherited=shared_host.clean_environment(),
    )
    page = new_page()
    with MemoryGuard(server.processes, limit=MEMORY_LIMIT) as guard:
        button = page.get_by_role("button", name=markers.HOME_BUTTON)
        open_page(page, server.url, button)
        button.click()
        page.locator(markers.FINISHED).first.wait_for(timeout=RUN_SECONDS * 1000)
        expect(page.locator(markers.PICTURE).first).to_be_visible()
        expect(page.locator(markers.STREAMLIT_ERROR)).to_have_count(0)
        assert not loads_tensorflow(server.pid), "TensorFlow is in the web process"
    print(f"peak memory of the whole app: {guard.peak / 1e6:.0f} MB")  # noqa: T201


def loads_tensorflow(pid: int) -> bool:
    """Whether the process has TensorFlow's library mapped; always False where nobody can tell."""
    try:
        maps = psutil.Process(pid).memory_maps()
    except (AttributeError, psutil.AccessDenied):
        return False
    return any("tensorflow" in mapped.path for mapped in maps)
