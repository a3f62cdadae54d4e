"""The in-place parts other than the curves, in a real Chromium and with made-up data."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.parts_fixture import (
    IS_MARKED,
    MARK,
    familiar,
    open_parts,
    parts,
    parts_url,
    plot_of,
    press,
    stranger,
)

__all__ = ["familiar", "parts", "parts_url", "stranger"]

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=window.hacked=1>"


def test_the_film_strip_answers_with_the_step(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=100")
    strip = page.get_by_role("list", name="Film strip")
    expect(strip.get_by_role("listitem")).to_have_count(11)
    strip.evaluate(MARK)
    page.get_by_role("button", name="step 30", exact=True).click()
    plot = plot_of(page, 100)
    expect(plot).to_have_attribute("data-cursor", "30")
    frame = page.get_by_role("button", name="step 30", exact=True)
    expect(frame).to_have_attribute("aria-current", "true")
    frame.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(plot).to_have_attribute("data-cursor", "40")
    for steps in (105, 110):
        press(page, "Tick")
        plot_of(page, steps)
    expect(strip.get_by_role("listitem")).to_have_count(12)
    assert strip.evaluate(IS_MARKED)


def test_bars_move_in_place(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=20")
    rows = page.get_by_role("list", name="What it sees").get_by_role("listitem")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("Siamese cat (target)15.9 %")
    fill = rows.first.locator(".track span")
    fill.evaluate(MARK)
    assert fill.evaluate("node => getComputedStyle(node).transitionProperty") == "width"
    press(page, "Tick")
    expect(rows.first).to_contain_text("20.9 %")
    assert fill.evaluate(IS_MARKED)
    assert fill.evaluate("node => node.style.width").startswith("20.8")
    page.emulate_media(reduced_motion="reduce")
    assert fill.evaluate("node => getComputedStyle(node).transitionProperty") == "none"


def test_the_picture_is_swapped_on_one_element(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=20")
    image = page.get_by_role("img", name="Ideal Siamese cat")
    expect(image).to_have_attribute("data-step", "20")
    box = image.bounding_box()
    assert box is not None
    assert box["width"] == box["height"] >= 448
    image.evaluate(MARK)
    before = image.get_attribute("src")
    press(page, "Tick")
    expect(image).to_have_attribute("data-step", "25")
    assert image.evaluate(IS_MARKED)
    assert image.get_attribute("src") != before
    assert image.evaluate("node => node.complete && node.naturalWidth") == 448


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("wait=1", "Warming up: loading EfficientNet-Lite0 (17 MB)"),
        ("broken=1", "This picture cannot be shown."),
    ],
)
def test_a_picture_that_is_not_there_says_so(parts: Page, parts_url: str, query: str, words: str):
    page = open_parts(parts, parts_url, query)
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.locator(".picture img")).to_be_hidden()


def test_names_are_text_and_never_markup(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, f"start=100&name={HOSTILE}")
    plot = plot_of(page, 100)
    expect(page.get_by_role("list", name="What it sees")).to_contain_text(HOSTILE)
    expect(page.get_by_role("img", name=f"Ideal {HOSTILE}")).to_be_visible()
    expect(plot.locator(".annotation").nth(1)).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked") is None


def owner_on(page: Page) -> str:
    return page.get_by_text("owner ").inner_text().removeprefix("owner ")


def test_a_browser_keeps_its_owner(stranger: BrowserContext, parts_url: str):
    page = open_parts(stranger.new_page(), parts_url)
    owner = owner_on(page)
    page.wait_for_function("document.cookie.includes('transferlab_owner')")
    cookie = next(c for c in stranger.cookies() if c["name"] == "transferlab_owner")
    assert cookie["value"] == owner
    assert (cookie["sameSite"], cookie["path"]) == ("Strict", "/")
    assert 364 < (cookie["expires"] - time.time()) / 86400 <= 365
    page.reload()
    expect(page.get_by_text("owner ")).to_have_text(f"owner {owner}")
    assert owner_on(open_parts(stranger.new_page(), parts_url)) == owner


def test_a_cookie_that_is_no_token_is_replaced(stranger: BrowserContext, parts_url: str):
    stranger.add_cookies(
        [{"name": "transferlab_owner", "value": "../../etc/passwd", "url": parts_url}]
    )
    owner = owner_on(open_parts(stranger.new_page(), parts_url))
    assert re.fullmatch("[0-9a-f]{32}", owner)
    page = open_parts(stranger.new_page(), parts_url)
    expect(page.get_by_text("owner ")).to_have_text(f"owner {owner}")


def test_a_tab_opened_in_the_same_moment_takes_over_the_cookie(
    stranger: BrowserContext, parts_url: str
):
    page = stranger.new_page()
    # The connection carries no cookie, the script finds one: the other tab was faster.
    other = "ab" * 16
    page.add_init_script(
        "Object.defineProperty(document, 'cookie', { set: text => { window.written = text; }, "
        f"get: () => 'x=1; transferlab_owner={other}' }})"
    )
    open_parts(page, parts_url)
    expect(page.get_by_text("owner ")).to_have_text(f"owner {other}")
    assert page.evaluate("window.written") is None


@pytest.mark.parametrize(("query", "scheme"), [("start=100", "light"), ("wait=1", "dark")])
def test_parts_are_accessible(parts: Page, parts_url: str, scheme: str, query: str):
    page = open_parts(parts, parts_url, query)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    plot_of(page, 0 if "wait" in query else 100)
    results = Axe().run(page, context={"include": [[".stBidiComponent"]]})
    assert results.violations_count == 0, results.generate_report()


def test_nothing_scrolls_sideways_on_a_phone(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=200")
    page.set_viewport_size({"width": 360, "height": 740})
    plot = plot_of(page, 200)
    page.wait_for_function(
        "document.querySelector('.tl-curves .plot').layout.annotations.at(-1).text === '3'"
    )
    wide = page.evaluate(
        "[...document.querySelectorAll('.stBidiComponent, [data-testid=stMain]')]"
        ".filter(node => node.scrollWidth > 360).length"
    )
    assert wide == 0
    box = plot.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    strip = page.get_by_role("list", name="Film strip")
    assert strip.evaluate("node => node.scrollWidth > node.clientWidth")
    # On a narrow chart numbers stand for the words of this list.
    expect(page.get_by_text("step 60: learning rate 1.0 → 0.3")).to_be_visible()
