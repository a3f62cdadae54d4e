"""While it grows: steer, pause, step, reload, resume, stop; and others watch."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import markers, visiting
from tests.browser.conftest import NewPage
from tests.browser.driving import open_page, zoom
from tests.browser.server import Server
from tests.browser.waiting import until
from tfcore.events import RunState

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def free_place(server: Server) -> Iterator[None]:
    """No test leaves a run in the one place there is."""
    yield
    visiting.stop_all(server)


def test_a_slider_steers_the_running_picture_and_leaves_a_mark(server: Server, page: Page) -> None:
    visiting.grow(page, server, visiting.QUICK)
    page.locator(markers.FINISHED).first.wait_for(timeout=120_000)
    plain = visiting.run_id(page)
    run = visiting.grow(page, server, visiting.QUICK)
    visiting.wait_step(page, 5)
    steering = page.locator(markers.STEERING)
    slider = steering.get_by_role("slider", name=markers.VARIATION_SLIDER)
    slider.focus()
    slider.press("ArrowRight")
    curves = page.locator(markers.CURVES).first
    expect(curves).to_have_attribute("data-marks", "1", timeout=20_000)
    page.locator(markers.FINISHED).first.wait_for(timeout=120_000)
    assert visiting.artifact(server, run) != visiting.artifact(server, plain)
    assert (
        visiting.record(server, run).summary["total_variation"]
        != visiting.record(server, plain).summary["total_variation"]
    )


def test_curves_keep_their_node_and_zoom_for_twenty_ticks(server: Server, page: Page) -> None:
    visiting.grow(page, server, visiting.LONG)
    visiting.wait_step(page, 5)
    plot = page.locator(markers.CURVES).first
    plot.evaluate("node => { node.witness = true; }")
    zoom(page, plot)
    zoomed = plot.evaluate("node => node.layout.xaxis.range")
    seen = {visiting.last_step(page)}

    def ticked() -> bool:
        seen.add(visiting.last_step(page))
        return len(seen) > 20

    until(ticked, seconds=90, what="twenty ticks")
    assert plot.evaluate("node => node.witness === true")
    assert plot.evaluate("node => node.layout.xaxis.range") == zoomed
    visiting.button(page, "Stop").click()
    page.locator(markers.STOPPED).first.wait_for()


def test_pause_reload_resume(server: Server, page: Page) -> None:
    run = visiting.grow(page, server, visiting.LONG)
    visiting.wait_step(page, 3)
    visiting.button(page, "Pause").click()
    page.locator(markers.PAUSED).first.wait_for()
    held = visiting.record(server, run).step
    page.reload()
    page.locator(markers.PAUSED).first.wait_for()
    assert visiting.record(server, run).step == held
    visiting.button(page, "Step").click()
    until(lambda: visiting.record(server, run).step == held + 1, seconds=15, what="one single step")
    visiting.button(page, "Resume").click()
    page.locator(markers.RUNNING).first.wait_for()
    visiting.wait_step(page, held + 3)
    visiting.button(page, "Stop").click()
    page.locator(markers.STOPPED).first.wait_for()
    expect(page.get_by_role("button", name="PNG", exact=True)).to_be_visible()


def test_stop_in_the_first_second(server: Server, page: Page) -> None:
    address = f"{server.url}/synthesize?recipe=lesson-tv&steps=5000"
    open_page(page, address, visiting.grow_button(page))
    visiting.grow_button(page).click()
    stop = visiting.button(page, "Stop")
    stop.click()
    page.locator(markers.STOPPED).first.wait_for(timeout=60_000)
    record = visiting.record(server, visiting.run_id(page))
    assert record.state is RunState.STOPPED
    assert record.step < 2500


def test_a_second_browser_watches_and_cannot_touch(server: Server, new_page: NewPage) -> None:
    mine, other = new_page(), new_page()
    run = visiting.grow(mine, server, visiting.LONG)
    open_page(other, f"{server.url}/synthesize?run={run}", other.locator(markers.PICTURE))
    expect(other.get_by_text("read-only")).to_be_visible()
    for name in ("Pause", "Stop"):
        expect(visiting.button(other, name)).to_be_disabled()
    expect(other.locator(markers.STEERING)).to_have_count(0)
    seen = visiting.last_step(other)
    visiting.wait_step(other, seen + 5)
    visiting.button(mine, "Stop").click()
    other.locator(markers.STOPPED).first.wait_for()
    mine.locator(markers.STOPPED).first.wait_for()


def test_a_killed_web_server_stops_no_run(own_server: Server, page: Page) -> None:
    run = visiting.grow(page, own_server, visiting.LONG)
    visiting.wait_step(page, 3)
    own_server.kill()
    held = visiting.record(own_server, run).step
    until(
        lambda: visiting.record(own_server, run).step > held + 10,
        seconds=60,
        what="the run to go on without a web server",
    )
    own_server.start()
    open_page(page, f"{own_server.url}/synthesize?run={run}", page.locator(markers.PICTURE))
    record = visiting.record(own_server, run)
    assert record.state is RunState.RUNNING
    assert record.attempt == 1
    visiting.button(page, "Stop").click()
    page.locator(markers.STOPPED).first.wait_for()
