"""The in-place parts, one by one, in a real Chromium and with made-up data."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.parts_fixture import familiar, open_parts, parts, parts_url, stranger

__all__ = ["familiar", "parts", "parts_url", "stranger"]

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=window.hacked=1>"
# Every part carries this expando for as long as it is the very same element.
MARK = "node => { node.mine = true; }"
IS_MARKED = "node => node.mine === true"


def plot_of(page: Page, steps: int) -> Locator:
    plot = page.locator(".tl-curves .plot")
    expect(plot).to_have_attribute("data-last-step", str(steps))
    return plot


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def shown(plot: Locator, path: str) -> object:
    """A value of the figure that Plotly shows, such as ``layout.xaxis.range``."""
    return plot.evaluate(f"node => node.{path}")


def zoom(page: Page, plot: Locator) -> None:
    box = plot.bounding_box()
    assert box is not None
    y = box["y"] + 80
    page.mouse.move(box["x"] + 100, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, y, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Reset zoom").wait_for()


def test_node_zoom_and_hidden_curves_survive_twenty_ticks(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=100")
    plot = plot_of(page, 100)
    inner = plot.locator("svg.main-svg").first
    plot.evaluate(MARK)
    inner.evaluate(MARK)
    page.get_by_role("button", name=re.compile("^Variation")).click()
    zoom(page, plot)
    zoomed = shown(plot, "layout.xaxis.range")

    for tick in range(1, 21):
        press(page, "Tick")
        plot_of(page, 100 + 5 * tick)

    assert plot.evaluate(IS_MARKED)
    assert inner.evaluate(IS_MARKED)
    assert shown(plot, "layout.xaxis.range") == zoomed
    assert shown(plot, "data.map(line => line.visible)") == [True, True, False, True, True]
    assert shown(plot, "data[0].x.length") == 200
    press(page, "Reset zoom")
    expect(page.get_by_role("button", name="Reset zoom")).to_be_hidden()
    assert shown(plot, "layout.xaxis.range[1]") == 200


def messages_of(page: Page) -> list[ForwardMsg]:
    """Everything that the server sends to the page from now on."""
    heard: list[ForwardMsg] = []

    def listen(socket: WebSocket) -> None:
        socket.on(
            "framereceived",
            lambda frame: heard.append(ForwardMsg.FromString(frame)) if frame else None,
        )

    page.on("websocket", listen)
    return heard


def curve_messages(heard: list[ForwardMsg]) -> list[ForwardMsg]:
    return [
        message
        for message in heard
        if message.delta.new_element.bidi_component.component_name == "transferlab_curves"
    ]


def test_a_tick_sends_no_more_late_in_a_run_than_early(familiar: BrowserContext, parts_url: str):
    sizes = {}
    for start in (100, 20_000):
        page = familiar.new_page()
        heard = messages_of(page)
        open_parts(page, parts_url, f"start={start}")
        plot_of(page, start)
        first = curve_messages(heard)[0].delta.new_element.bidi_component.json
        assert first.count(",") < 500 * 7
        for tick in range(1, 4):
            press(page, "Tick")
            plot_of(page, start + 5 * tick)
        sizes[start] = curve_messages(heard)[-1].ByteSize()
        body = curve_messages(heard)[-1].delta.new_element.bidi_component.json
        assert f'"since": {start + 5}' in body
        page.close()
    assert sizes[20_000] < 1.2 * sizes[100]


@pytest.mark.parametrize("how", ["lost", "mounted afresh"])
def test_a_gap_is_filled_by_asking(parts: Page, parts_url: str, how: str):
    page = open_parts(parts, parts_url, "start=100")
    plot_of(page, 100)
    press(page, "Tick")
    plot_of(page, 105)
    if how == "lost":
        press(page, "Lose it")
        steps = 115
    else:
        press(page, "Hide")
        expect(page.locator(".tl-curves")).to_have_count(0)
        press(page, "Hide")
        steps = 105
    plot = plot_of(page, steps)
    assert shown(plot, "data[0].x") == list(range(1, steps + 1))
    # Once it is filled, ticks carry increments again.
    for tick in (1, 2, 3):
        press(page, "Tick")
        plot_of(page, steps + 5 * tick)
        whole = page.get_by_text("whole histories").inner_text().split()[-1]
    press(page, "Tick")
    plot_of(page, steps + 20)
    expect(page.get_by_text("whole histories")).to_have_text(re.compile(f"step.* {whole}$"))


def test_many_points_are_thinned_and_the_newest_kept(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=400")
    plot_of(page, 400)
    press(page, "Tick")
    plot_of(page, 405)
    press(page, "Leap")
    plot = plot_of(page, 5405)
    steps = shown(plot, "data[0].x")
    assert isinstance(steps, list)
    assert 700 <= len(steps) <= 1500
    assert steps == sorted(set(steps))
    assert steps[0] == 1
    assert steps[-300:] == list(range(5106, 5406))


def test_another_run_starts_the_curves_anew(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=100")
    plot = plot_of(page, 100)
    plot.evaluate(MARK)
    zoom(page, plot)
    press(page, "Other run")
    plot_of(page, 10)
    expect(plot).to_have_attribute("data-run", "run-2")
    expect(plot).to_have_attribute("data-points", "10")
    expect(plot).to_have_attribute("data-marks", "0")
    expect(page.get_by_role("button", name="Reset zoom")).to_be_hidden()
    assert plot.evaluate(IS_MARKED)
    assert shown(plot, "layout.xaxis.range[1]") == 10


def test_changes_and_cursor_stand_on_the_curves(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=78")
    plot = plot_of(page, 78)
    expect(plot).to_have_attribute("data-marks", "2")
    press(page, "Tick")
    plot_of(page, 83)
    expect(plot).to_have_attribute("data-marks", "3")
    listed = page.get_by_role("list", name="Changes made while it ran").get_by_role("listitem")
    expect(listed).to_have_text(
        [
            "step 20: variation 0.005 → 0.02",
            "step 60: learning rate 1.0 → 0.3",
            "step 80: target → Siamese cat",
        ]
    )
    words = shown(plot, "layout.annotations.map(note => note.text)")
    assert "1 · variation 0.005 → 0.02" in words
    assert shown(plot, "layout.shapes.map(line => line.x0)") == [20, 60, 80]
    press(page, "Cursor")
    expect(plot).to_have_attribute("data-cursor", "40")
    assert shown(plot, "layout.shapes.map(line => line.x0)") == [20, 60, 80, 40]
    # One flag a change, kept inside the chart, none of them over another.
    chart, flags = plot.bounding_box(), plot.locator(".annotation").all()
    assert chart is not None
    boxes = [box for flag in flags if (box := flag.bounding_box())]
    assert len(boxes) == 5
    assert all(box["x"] + box["width"] <= chart["x"] + chart["width"] for box in boxes)


def test_curves_explain_themselves(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=100")
    plot_of(page, 100)
    picture = page.get_by_role("img", name="Curves up to step 100")
    expect(picture).to_have_attribute("aria-label", re.compile("Probability of Siamese cat 0.97"))
    page.get_by_role("button", name=re.compile("^Cross-entropy")).hover()
    expect(page.locator(".tl-curves .tip")).to_contain_text("How surprised the network is")
    page.get_by_role("button", name="log scale").click()
    plot = plot_of(page, 100)
    assert shown(plot, "layout.yaxis.type") == "log"
    press(page, "Tick")
    plot_of(page, 105)
    assert shown(plot, "layout.yaxis.type") == "log"


def test_without_plotly_the_latest_values_stand_in_a_table(parts: Page, parts_url: str):
    parts.route("**/plotly.min.js", lambda route: route.abort())
    page = open_parts(parts, parts_url, "start=100")
    row = page.get_by_role("row", name=re.compile("Probability of Siamese cat"))
    expect(row).to_contain_text("0.975")
    press(page, "Tick")
    expect(row).to_contain_text("0.982")


def test_curves_follow_the_theme_in_place(parts: Page, parts_url: str):
    page = open_parts(parts, parts_url, "start=20")
    plot = plot_of(page, 20)
    plot.evaluate(MARK)
    assert shown(plot, "layout.font.color") == "rgb(27, 31, 39)"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "document.querySelector('.tl-curves .plot').layout.font.color === 'rgb(228, 231, 236)'"
    )
    assert plot.evaluate(IS_MARKED)
    assert shown(plot, "data[1].line.color") == "#56B4E9"


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
    press(page, "Tick")
    press(page, "Tick")
    plot_of(page, 110)
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
