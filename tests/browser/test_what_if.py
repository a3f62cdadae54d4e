"""A visitor asks "What if?" and watches several pictures grow side by side."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, choose, open_page
from tests.browser.server import Server
from tests.browser.waiting import until
from tfcore import images

pytestmark = pytest.mark.timeout(300)

CAPTIONS = ["0", "0.005", "0.1"]


def test_three_values_grow_side_by_side_and_each_is_kept(server: Server, page: Page) -> None:
    address = f"{server.url}/synthesize?recipe=lesson-tv&steps=60"
    open_page(page, address)
    page.get_by_text("What if?", exact=True).click()
    choose(page, "Setting to vary", "Variation loss")
    values = page.get_by_role("textbox", name="Values to try")
    values.fill("0, 0.005, 5")
    values.press("Enter")
    page.get_by_text("0 to 1").first.wait_for()
    values.fill(", ".join(CAPTIONS))
    values.press("Enter")
    page.wait_for_url("**values=0%2C+0.005%2C+0.1**")
    visiting.grow_button(page).click()

    cells = page.locator(".picture .cells li:not(.nothing)")
    cells.first.wait_for(timeout=visiting.WARM_SECONDS * 1000)
    expect(cells.locator(".caption")).to_have_text(CAPTIONS)
    steering = page.locator(markers.STEERING)
    expect(steering.get_by_role("slider", name="Learning rate")).to_be_visible()
    expect(steering.get_by_role("slider", name=markers.VARIATION_SLIDER)).to_have_count(0)

    page.locator(markers.FINISHED).first.wait_for(timeout=120_000)
    plot = page.locator(markers.CURVES).first
    expect(plot).to_have_attribute("data-last-step", "60")
    expect(plot).to_have_attribute("data-curves", "6")
    legend = page.get_by_role("group", name="Curves shown").get_by_role("button")
    legend.nth(1).click()
    expect(plot).to_have_attribute("data-curves", "4")

    run = visiting.run_id(page)
    judged = visiting.record(server, run).summary["cells"]
    # Variation loss is what differs, and it shows. The saved picture is stretched to the full
    # range, so that more of it need not mean less variation there.
    variation = [cell["total_variation"] for cell in judged]
    assert len(set(variation)) == len(CAPTIONS)
    button = page.locator(".st-key-keep_cell_2").get_by_role("button")
    with page.expect_download() as event:
        button.click()
    kept = np.array(Image.open(io.BytesIO(event.value.path().read_bytes())))
    sheet = images.from_png(visiting.artifact(server, run))
    assert np.array_equal(kept, images.pieces(sheet, 3)[2])

    alone = page.get_by_role("link", name="Grow alone").nth(2).get_attribute("href")
    assert alone is not None
    assert "tv_weight=0.1" in alone
    assert "vary" not in alone
    until(lambda: visiting.record(server, run).is_settled, seconds=60, what="second opinions")
    page.get_by_role("table").get_by_role("row").nth(3).wait_for()
    assert_accessible(page)
