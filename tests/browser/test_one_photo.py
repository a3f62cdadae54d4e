"""One photo: what networks see, a layer, one of its channels, and what would excite that most."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, choose, open_page, scrolls_sideways
from tests.browser.server import Server
from tests.browser.waiting import until
from tfcore import samples

pytestmark = pytest.mark.timeout(400)

TILES = ".maps button"
PAINTED = """node => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 7, height: 7});
  const paper = canvas.getContext("2d");
  paper.drawImage(node, 0, 0);
  return [...paper.getImageData(0, 0, 7, 7).data].filter((_, at) => at % 4 === 3);
}"""
"""How opaque a map of 7 x 7 is at each place, as the browser has it."""


def painted(page: Page, key: str) -> list[int]:
    return page.locator(f".st-key-{key} .map").evaluate(PAINTED)


def test_a_photo_is_followed_through_a_layer_to_a_channel_that_grows(
    server: Server, page: Page
) -> None:
    # The form of Synthesize has been seen before: what leads there must be read all the same.
    open_page(page, f"{server.url}/synthesize", visiting.grow_button(page))
    page.get_by_role("link", name="Explore").first.click()
    page.get_by_text("One photo", exact=True).first.click()
    page.wait_for_url(re.compile(r"[?&]look=photo"))
    choose(page, "Photo", "A file")
    files = page.get_by_test_id("stFileUploaderDropzoneInput")
    files.set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"})
    page.get_by_text("a text file").first.wait_for()
    files.set_input_files(
        {
            "name": "cat.png",
            "mimeType": "image/png",
            "buffer": samples.get("Chelsea the cat").read(),
        }
    )
    long = visiting.WARM_SECONDS * 1000
    expect(page.get_by_text("Both say Egyptian cat.")).to_be_visible(timeout=long)
    expect(page.get_by_text("7 × 7 × 1280 = 62,720 numbers")).to_be_visible(timeout=long)
    strip = page.get_by_role("img", name="The features as a strip of 49 rows and 1280 columns")
    assert strip.evaluate("node => [node.naturalWidth, node.naturalHeight]") == [1280, 196]
    expect(page.get_by_text("speak for Egyptian cat: together about")).to_be_visible(timeout=long)
    until(lambda: max(painted(page, "look-evidence")) == 255, seconds=30, what="the reasons")
    cat = painted(page, "look-evidence")
    assert_accessible(page)
    choose(page, "Another class", "zebra")
    expect(page.get_by_text("for zebra")).to_be_visible(timeout=long)
    until(lambda: painted(page, "look-evidence") != cat, seconds=30, what="the zebra's map")

    slider = page.get_by_role("slider", name="Layer")
    slider.press("End")
    expect(page.get_by_text("Layer 33 of 33: 1,280 maps of 7 × 7. Late")).to_be_visible(
        timeout=long
    )
    strengths = page.locator(".maps .strength")
    expect(strengths).to_have_count(32, timeout=long)
    values = [float(text) for text in strengths.all_inner_texts()]
    assert values == sorted(values, reverse=True)
    tile = page.locator(TILES).nth(5)
    channel = tile.locator(".channel").inner_text().removeprefix("channel ")
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "true")
    over = page.get_by_role("img", name=f"Where head_relu:{channel} answers in the photo")
    expect(over).to_be_visible(timeout=30_000)
    assert_accessible(page)
    cover = page.get_by_role("slider", name="How strongly the map covers the photo").first
    cover.press("Home")
    expect(page.locator(".st-key-look-over .map")).to_have_css("opacity", "0")
    page.set_viewport_size({"width": 390, "height": 844})
    until(lambda: not scrolls_sideways(page), seconds=10, what="the narrow page to settle")

    page.get_by_role("button", name="What would excite it most?").click()
    page.wait_for_url(re.compile("/synthesize"))
    target = page.get_by_role("combobox", name="Target")
    expect(target).to_have_value(f"head_relu:{channel}", timeout=30_000)
    visiting.grow_button(page).click()
    page.locator(markers.PICTURE).first.wait_for(timeout=long)
    settings = visiting.record(server, visiting.run_id(page)).settings
    assert (settings["network"], settings["target"]) == (
        "efficientnet-lite0",
        f"head_relu:{channel}",
    )
    visiting.stop_all(server)
