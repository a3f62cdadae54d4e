"""A scan and an extraction are stopped in the page, go on there, and end as if nothing had been."""

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, open_page
from tests.browser.server import Server
from tests.browser.test_map import PLOT, found_of
from tests.browser.waiting import until
from tests.datasets import making
from tfcore.events import RunState

pytestmark = pytest.mark.timeout(400)

PHOTOS, HEIGHT, WIDTH = 800, 1000, 1400
"""So many and so large that a person can press Stop before the end: some seconds of work."""


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Large photos, no two alike to the byte: what follows a picture's end changes nothing."""
    whole = [pictures.encoded(making.drawing(n, HEIGHT, WIDTH), "JPEG") for n in range(4)]
    files = {
        f"{'ab'[number % 2]}/{number}.jpg": whole[number % 4] + b"%d" % number
        for number in range(PHOTOS)
    }
    return making.folder(tmp_path / "many", files)


def stop_and_go(page: Page, server: Server, run: str) -> None:
    """Press Stop as soon as something is done, look at what the page says, press Resume."""
    until(lambda: visiting.record(server, run).step > 0, seconds=120, what="the first photos")
    visiting.button(page, "Stop").click()
    expect(visiting.button(page, "Stop")).to_have_count(0, timeout=30_000)
    expect(visiting.button(page, "Resume")).to_be_enabled()
    record = visiting.record(server, run)
    assert record.state is RunState.STOPPED, "it had ended before Stop was pressed"
    assert 0 < record.step < record.steps == PHOTOS
    assert_accessible(page)
    visiting.button(page, "Resume").click()
    until(lambda: visiting.record(server, run).step > record.step, seconds=60, what="it to go on")


def test_a_data_set_is_stopped_and_goes_on_in_the_page(
    server: Server, page: Page, many: Path
) -> None:
    look = page.get_by_role("button", name="Look through it")
    open_page(page, f"{server.url}/explore?data={quote(str(many))}", look)
    look.click()
    scan = visiting.run_id(page)
    stop_and_go(page, server, scan)
    expect(page.get_by_text("A look inside")).to_be_visible(timeout=120_000)
    assert visiting.record(server, scan).summary["report"]["classes"] == dict.fromkeys("ab", 400)

    page.get_by_role("button", name="Extract features").click()
    until(lambda: visiting.run_id(page) != scan, seconds=60, what="the extraction's page")
    run = visiting.run_id(page)
    stop_and_go(page, server, run)
    until(
        lambda: visiting.record(server, run).state is RunState.FINISHED, seconds=180, what="its end"
    )
    expect(page.get_by_role("heading", name="The map")).to_be_visible(timeout=60_000)
    expect(page.locator(PLOT).first).to_have_attribute("data-points", str(PHOTOS), timeout=60_000)
    features = visiting.record(server, run)
    assert features.summary["images"] == PHOTOS
    assert features.summary["cache_hits"] == 0, "what it had computed before the Stop is its own"
    assert len(found_of(server, run).digests) == PHOTOS
    assert page.locator(markers.STREAMLIT_ERROR).count() == 0


@pytest.mark.testbed
def test_real_cats_and_dogs_go_from_a_folder_to_a_map_in_which_they_lie_apart(
    server: Server, page: Page, testbed: Path
) -> None:
    look = page.get_by_role("button", name="Look through it")
    open_page(page, f"{server.url}/explore?data={quote(str(testbed / 'cats_dogs'))}", look)
    look.click()
    page.get_by_role("button", name="Extract features").click(timeout=120_000)
    expect(page.locator(PLOT).first).to_have_attribute("data-points", "400", timeout=180_000)
    run = visiting.record(server, visiting.run_id(page))
    told = run.summary["separability"]
    assert (run.summary["images"], told["n"]) == (400, 400)
    assert told["accuracy"] >= 0.96
    said = f"Of 100 photos, {100 * told['accuracy']:.0f} have mostly neighbours of their own class"
    expect(page.get_by_text(said)).to_be_visible(timeout=30_000)
    assert page.locator(markers.STREAMLIT_ERROR).count() == 0
