"""A photo is dreamt on, and what came of it is where the next picture starts."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, choose, open_page, scrolls_sideways
from tests.browser.server import Server
from tests.browser.waiting import until
from tfcore import images
from tfcore.events import RunState

pytestmark = pytest.mark.timeout(400)


def grown(page: Page, server: Server, before: str = "") -> str:
    """Press the button and wait for the finished run; returns its id."""
    visiting.grow_button(page).click()
    until(lambda: visiting.run_id(page) != before, seconds=60, what="a new run in the address")
    run = visiting.run_id(page)
    page.locator(markers.FINISHED).first.wait_for(timeout=visiting.WARM_SECONDS * 1000)
    until(
        lambda: visiting.record(server, run).state is RunState.FINISHED,
        seconds=60,
        what="the run to finish",
    )
    return run


def test_a_photo_is_dreamt_on_and_the_dream_is_a_start(server: Server, page: Page) -> None:
    address = f"{server.url}/synthesize?recipe=deepdream&steps=4&octaves=2"
    open_page(page, address, visiting.grow_button(page))
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {
            "name": "cat.png",
            "mimeType": "image/png",
            "buffer": pictures.encoded(pictures.photo(300, 400), "PNG"),
        }
    )
    page.get_by_text("What the network will see").wait_for()
    assert_accessible(page)
    assert not scrolls_sideways(page)
    dream = grown(page, server)
    record = visiting.record(server, dream)
    assert record.settings["target"] == record.summary["target"] == "block6a_expand_relu"
    assert record.summary["sizes"] == [320, 448]
    picture = visiting.artifact(server, dream)
    assert Image.open(io.BytesIO(picture)).size == (448, 448)

    open_page(page, f"{server.url}/synthesize?recipe=lesson-tv&steps=4", visiting.grow_button(page))
    choose(page, "Start", "A picture grown here")
    page.get_by_text("What the network will see").wait_for()
    choose(page, "Picture", dream[:4])
    started = visiting.record(server, grown(page, server, dream))
    square = images.fit_square(images.from_png(picture), 224)
    assert started.settings["photo"] == images.digest(square)


def test_another_network_dreams_of_a_layer_of_its_own(server: Server, page: Page) -> None:
    open_page(page, f"{server.url}/synthesize?recipe=deepdream", visiting.grow_button(page))
    target = page.get_by_role("combobox", name="Target")
    expect(target).to_have_value("block6a_expand_relu", timeout=30_000)
    choose(page, "Network", "VGG16")
    target = page.get_by_role("combobox", name="Target")
    expect(target).to_have_value("block5_conv2", timeout=30_000)
