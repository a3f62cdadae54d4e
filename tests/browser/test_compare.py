"""Two runs side by side; and what those see who wait while somebody else's run goes on."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser import markers, visiting
from tests.browser.conftest import NewPage
from tests.browser.driving import assert_accessible, open_page, scrolls_sideways
from tests.browser.server import Server
from tests.browser.waiting import until
from tests.store.making import add_run, picture
from tfcore import images
from tfcore.events import RunState
from tfcore.store.writer import RunWriter

pytestmark = pytest.mark.timeout(300)

PATIENCE = 20_000
"""Milliseconds; a run at full speed leaves a busy machine little for pages."""
LEFT, RIGHT = '.picture img[alt^="Left:"]', '.picture img[alt^="Right:"]'


@pytest.fixture(scope="module")
def two(server: Server) -> tuple[str, str]:
    """Two recorded runs of different length, as the engine would have left them."""
    store = RunWriter(server.data / "runs.sqlite")
    runs = []
    for steps, weight in ((64, 0.0002), (256, 0.02)):
        run = add_run(
            store,
            state=RunState.FINISHED,
            steps=steps,
            tv_weight=weight,
            fields={
                "step": steps,
                "seconds": steps / 8,
                "ended": time.time(),
                "summary": {
                    "target": "Siamese cat",
                    "probability_png": 0.9 if steps > 100 else 0.4,
                    "total_variation": 10.0 * steps,
                    "second_opinion": {
                        "efficientnet-lite1": {"rank": 3, "probability": 0.1, "top5": [[285, 0.5]]}
                    },
                    "is_judged": True,
                },
            },
        )
        for step in (1, *range(steps // 16, steps + 1, steps // 16)):
            shade = images.to_jpeg(picture(shade=40 + 200 * step // steps, side=64))
            store.add_frame(run, step, shade, [(284, step / steps), (285, 0.1)])
        store.add_artifact(run, "image.png", images.to_png(picture(shade=240, side=64)))
        runs.append(run)
    store.close()
    return runs[0], runs[1]


@pytest.fixture
def free_place(server: Server):
    """No test leaves a run in the one place there is."""
    yield
    visiting.stop_all(server)


def test_one_slider_moves_two_runs_of_different_length(
    server: Server, two: tuple[str, str], page: Page, phone: Page
) -> None:
    address = f"{server.url}/compare?a={two[0]}&b={two[1]}"
    pictures = [page.locator(side) for side in (LEFT, RIGHT)]
    open_page(page, address, pictures[1])
    expect(pictures[0]).to_have_attribute("data-step", "64", timeout=PATIENCE)
    expect(pictures[1]).to_have_attribute("data-step", "256", timeout=PATIENCE)
    box = pictures[0].bounding_box()
    assert box is not None
    assert box["width"] > 448
    slider = page.get_by_role("slider", name="Time")
    slider.focus()
    slider.press("Home")
    expect(pictures[0]).to_have_attribute("data-step", "1", timeout=PATIENCE)
    expect(pictures[1]).to_have_attribute("data-step", "1", timeout=PATIENCE)
    for _ in range(25):
        slider.press("ArrowRight")
    expect(pictures[0]).to_have_attribute("data-step", "16", timeout=PATIENCE)
    expect(pictures[1]).to_have_attribute("data-step", "64", timeout=PATIENCE)
    tables = [" ".join(text.split()) for text in page.locator("table").all_inner_texts()]
    assert tables[0] == "Setting Left Right Steps 64 256 Variation loss 0.0002 0.02"
    for figures in ("saved picture 40 % 90 %", "640 2,560", "8.0 s 32 s", "target on place 3"):
        assert figures in tables[1]
    assert_accessible(page)
    open_page(phone, address, phone.locator(RIGHT))
    assert not scrolls_sideways(phone)


@pytest.fixture(scope="module")
def sheet(server: Server) -> str:
    """A recorded what-if run of two pictures."""
    store = RunWriter(server.data / "runs.sqlite")
    other = {"top5": [[285, 0.5]], "probability": 0.1}
    cells = [{"probability_png": p, "top5": [], "target_index": 284} for p in (0.25, 0.75)]
    verdict = {"rank": None, "cells": [{**other, "rank": 1}, {**other, "rank": 3}]}
    summary = {"cells": cells, "second_opinion": {"efficientnet-lite1": verdict}}
    fields = {"step": 16, "summary": {**summary, "is_judged": True}, "ended": time.time()}
    run = add_run(
        store, state=RunState.FINISHED, vary="tv_weight", values="0, 0.1", steps=16, fields=fields
    )
    both = images.montage([picture(shade=90, side=64), picture(shade=180, side=64)])
    for step in (1, 16):
        pairs = [(284, 0.5), *[(1, 0.1)] * 4, (285, 0.4), *[(1, 0.1)] * 4]
        store.add_frame(run, step, images.to_jpeg(both), pairs)
        store.add_metrics(run, [(step, {"probability@0": 0.2, "probability@1": 0.7})])
    store.add_artifact(run, "image.png", images.to_png(both))
    store.close()
    return run


def test_a_what_if_run_stands_there_with_its_captions(
    server: Server, two: tuple[str, str], sheet: str, page: Page
) -> None:
    open_page(page, f"{server.url}/compare?a={sheet}&b={two[0]}", page.locator(RIGHT))
    captions = page.locator(".picture .cells li:not(.nothing)")
    expect(captions).to_have_count(2, timeout=PATIENCE)
    said = [" ".join(text.split()) for text in captions.all_inner_texts()]
    assert said == ["0 25 %", "0.1 75 %"]
    expect(page.get_by_text("target first in 1 of 2 pictures")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(markers.STREAMLIT_ERROR)).to_have_count(0)
    slider = page.get_by_role("slider", name="Time")
    slider.focus()
    slider.press("Home")
    expect(page.locator(LEFT)).to_have_attribute("data-step", "1", timeout=PATIENCE)
    assert [" ".join(text.split()) for text in captions.all_inner_texts()] == ["0 20 %", "0.1 70 %"]


def test_the_way_leads_there_from_the_list_and_from_a_finished_run(
    server: Server, two: tuple[str, str], page: Page
) -> None:
    there = page.locator(f'a[href*="compare?a={two[1]}"]')
    open_page(page, f"{server.url}/runs", there)
    there.click()
    page.wait_for_url(re.compile(rf"/compare\?.*a={two[1]}&b=[0-9a-f]{{12}}"))
    expect(page.locator(LEFT)).to_have_attribute("data-step", "256", timeout=PATIENCE)
    page.get_by_role("link", name="Open this run").first.click()
    page.wait_for_url(re.compile(rf"/synthesize\?.*run={two[1]}"))
    expect(there).to_be_visible(timeout=PATIENCE)


def test_who_waits_sees_place_and_time_and_can_ask_the_networks_meanwhile(
    server: Server, new_page: NewPage, free_place: None
) -> None:
    mine, other = new_page(), new_page()
    run = visiting.grow(mine, server, visiting.LONG)
    visiting.wait_step(mine, 5)
    address = f"{server.url}/synthesize?recipe=lesson-tv&steps=5000&seed=2"
    open_page(other, address, visiting.grow_button(other))
    visiting.grow_button(other).click()
    line = other.get_by_text(re.compile(r"Next in line · about \d+ (s|min)"))
    expect(line.first).to_be_visible(timeout=PATIENCE)

    open_page(other, server.url, other.get_by_text("1 run waits"))
    expect(other.locator(".st-key-traffic").get_by_text("running")).to_be_visible(timeout=PATIENCE)
    began = visiting.record(server, run).step
    photo = images.to_png(picture(side=300))
    chooser = other.locator(".st-key-your_photo-file input[type=file]")
    chooser.set_input_files({"name": "cat.png", "mimeType": "image/png", "buffer": photo})
    for title in ("EfficientNet-Lite0", "EfficientNet-Lite1", "EfficientNet-Lite2"):
        seen = other.get_by_role("list", name=f"{title} sees").get_by_role("listitem")
        expect(seen).to_have_count(5, timeout=3 * PATIENCE)
    record = visiting.record(server, run)
    assert record.state is RunState.RUNNING
    until(
        lambda: visiting.record(server, run).step > began + 5, seconds=30, what="the run to go on"
    )
    assert_accessible(other)
    chooser.set_input_files({"name": "cat.jpg", "mimeType": "image/jpeg", "buffer": b"<html>"})
    expect(other.get_by_text("expected a JPEG, PNG, WebP, GIF or BMP picture")).to_be_visible(
        timeout=PATIENCE
    )
    expect(other.locator(markers.STREAMLIT_ERROR)).to_have_count(0)
