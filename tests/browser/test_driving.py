"""The helpers of the browser tests tell good from bad themselves."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import processes
from tests.browser.conftest import MakeServer, NewPage
from tests.browser.driving import (
    CONNECTED,
    assert_accessible,
    axe_violations,
    open_page,
    scrolls_sideways,
)
from tests.browser.server import Server
from tests.browser.waiting import WaitTimeoutError, until
from tests.memory_guard import MemoryGuard

APP = """
import subprocess, sys
import streamlit as st

@st.cache_resource
def helper():
    code = "import sys; kept = bytes(30_000_000); sys.stdin.read()"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, start_new_session=True
    ).pid

st.title("Small app")
st.write(f"helper {helper()}")
if st.button("Count"):
    st.session_state["count"] = st.session_state.get("count", 0) + 1
st.write(f"counted {st.session_state.get('count', 0)}")
"""


@pytest.fixture
def app(make_server: MakeServer, tmp_path: Path) -> Server:
    script = tmp_path / "small_app.py"
    script.write_text(APP)
    return make_server(script=script, cwd=tmp_path)


def test_a_server_can_be_killed_and_started_again(app: Server, page: Page) -> None:
    open_page(page, app.url, "text=counted 0")
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("counted 1")).to_be_visible()
    assert len(app.processes()) == 2, "the web process and its detached helper"
    first = app.pid
    app.kill()
    assert first not in {process.pid for process in app.processes()}
    page.locator(CONNECTED).wait_for(state="detached")
    app.restart()
    assert app.pid != first
    page.locator(CONNECTED).wait_for(state="attached", timeout=30_000)


def test_stopping_a_server_ends_what_it_detached(app: Server, page: Page) -> None:
    open_page(page, app.url, "text=counted 0")
    (helper,) = [process for process in app.processes() if process.pid != app.pid]
    app.stop()
    assert not app.processes()
    assert not processes.wait_gone([helper], 0)


def test_a_server_that_cannot_start_says_why(make_server: MakeServer, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no_such_app"):
        make_server(script=tmp_path / "no_such_app.py", cwd=tmp_path)


def test_the_memory_guard_kills_above_its_limit(app: Server, page: Page) -> None:
    open_page(page, app.url, "text=counted 0")
    with MemoryGuard(app.processes, limit=10_000_000_000) as roomy:
        until(lambda: roomy.peak, seconds=20, what="a measurement")
    assert 60_000_000 < roomy.peak < 1_000_000_000
    with (
        pytest.raises(AssertionError, match="were killed: they held"),
        MemoryGuard(app.processes, limit=roomy.peak // 2),
    ):
        processes.wait_gone(app.processes(), 20)
    assert not app.processes()


def test_axe_finds_what_shuts_people_out(page: Page) -> None:
    body = "<main><h1>Cat</h1><img src='data:,' {}><p style='color:#{}'>Words</p></main>"
    document = f"<html lang='en'><title>A page</title><body>{body}</body></html>"
    page.set_content(document.format("alt='a cat'", "000"))
    assert_accessible(page)
    page.set_content(document.format("", "ddd"))
    found = "\n".join(axe_violations(page))
    assert "image-alt" in found
    assert "color-contrast" in found
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_axe_leaves_streamlits_frame_alone_and_nothing_else(page: Page) -> None:
    document = "<html lang='en'><title>A page</title><body><div {}><img src='data:,'></div></body>"
    page.set_content(document.format("data-testid='stHeader'"))
    assert not axe_violations(page)
    page.set_content(document.format("data-testid='stMain'"))
    assert axe_violations(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_sideways_scrolling_is_noticed(new_page: NewPage, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 700})
    document = "<section data-testid='stMain' style='overflow:auto'><p style='width:{}px'>x</p>"
    page.set_content(document.format(width - 40))
    assert not scrolls_sideways(page)
    page.set_content(document.format(width + 40))
    assert scrolls_sideways(page)


def test_visitors_do_not_share_cookies(new_page: NewPage) -> None:
    one, other = new_page().context, new_page().context
    one.add_cookies([{"name": "owner", "value": "one", "url": "http://127.0.0.1"}])
    assert [cookie["name"] for cookie in one.cookies()] == ["owner"]
    assert not other.cookies()


def test_waiting_ends_and_tells_what_was_seen_last() -> None:
    answers = iter([0, 0, 7])
    assert until(lambda: next(answers), seconds=5, what="seven", every=0.001) == 7
    with pytest.raises(WaitTimeoutError, match=r"waited 0\.01 s for a cat; last seen: 'dog'"):
        until(lambda: _refuse("dog"), seconds=0.01, what="a cat", every=0.001)


def _refuse(said: str) -> None:
    class Refusal(AssertionError):
        def __repr__(self) -> str:
            return repr(said)

    raise Refusal
