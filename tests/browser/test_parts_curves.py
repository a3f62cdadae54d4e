"""The curves in a real Chromium, with made-up data: in place, in increments, and when lost."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.components import curves
from pages.components.assets import read
from pages.components.quantities import quantity
from tests.browser.driving import zoom
from tests.browser.parts_fixture import (
    IS_MARKED,
    MARK,
    familiar,
    open_parts,
    parts,
    parts_url,
    plot_of,
    press,
    shown,
)

__all__ = ["familiar", "parts", "parts_url"]

pytestmark = pytest.mark.browser


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


OVERTAKEN = """async ({ html, script, data }) => {
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const part = (await import(address)).default;
  const host = document.body.appendChild(document.createElement("div"));
  host.innerHTML = html;
  const plot = host.querySelector(".plot");
  const until = async (ready) => {
    while (!ready()) await new Promise((go) => setTimeout(go, 20));
  };
  const update = () => part({ parentElement: host, data, setTriggerValue: () => {} });
  const overtaken = update();
  await until(() => plot.layout?.xaxis?.range);
  await window.Plotly.relayout(plot, { "xaxis.range": [1.25, 2.5] });
  const last = update();
  overtaken();
  // Long after whatever was put off until the drawing is done.
  await new Promise((go) => setTimeout(go, 500));
  update();
  const kept = plot.layout.xaxis.range;
  host.remove();
  last();
  await until(() => !plot._fullLayout);
  return kept;
}"""


def test_the_goodbye_of_an_overtaken_update_takes_nothing_from_the_curves(
    parts: Page, parts_url: str
):
    """Streamlit calls it when two updates come at once; the one after it still shows the plot."""
    page = open_parts(parts, parts_url, "start=100")
    plot_of(page, 100)  # Plotly is there
    data = {
        "run": "overtaken",
        "since": 0,
        "steps": [1, 2, 3],
        "series": {"total": [3.0, 2.0, 1.0]},
        "marks": [],
        "cursor": None,
        "target": "zebra",
        "quantities": {"total": asdict(quantity("total"))},
        "panels": asdict(curves.Panels("Loss", "Probability")),
    }
    script = read("accumulate.js", "plotly.js", "legend.js", "curves.js")
    given = {"html": curves._HTML, "script": script, "data": data}
    assert page.evaluate(OVERTAKEN, given) == [1.25, 2.5]
