"""From a data set to its map, to a photo's neighbours: the whole way in the browser."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, choose, open_page, scrolls_sideways
from tests.browser.server import Server
from tests.browser.waiting import until
from tfcore.datasets import packaged
from tfcore.similarity import analysis
from tfcore.similarity.analysis import ANALYSIS, Analysis
from tfcore.store.runs import RunStore

pytestmark = pytest.mark.timeout(600)

PATIENCE = 30_000
PLOT = ".tl-map .plot[data-points]"
LONELIEST = """node => {
  const {x, y, customdata} = node.data[0];
  const far = (i, j) => (i === j ? Infinity : Math.hypot(x[j] - x[i], y[j] - y[i]));
  const gaps = x.map((_, i) => Math.min(...x.map((_, j) => far(i, j))));
  const i = gaps.indexOf(Math.max(...gaps));
  const {xaxis, yaxis} = node._fullLayout;
  const {left, top} = node.getBoundingClientRect();
  const place = (axis, value) => axis._offset + axis.l2p(value);
  return [customdata[i], left + place(xaxis, x[i]), top + place(yaxis, y[i])];
}"""
"""Of the point that has most room around it, where no other can be hit: its row and its place."""


def found_of(server: Server, run: str) -> Analysis:
    """What the extraction itself says of the data set."""
    store = RunStore(server.data / "runs.sqlite")
    content = store.artifact(run, ANALYSIS)
    store.close()
    assert content is not None
    return analysis.from_bytes(content)


def tiles(page: Page, label: str) -> Locator:
    return page.get_by_role("list", name=label).get_by_role("listitem")


def classes(of: Locator) -> list[str]:
    return [str(name) for name in of.evaluate_all("nodes => nodes.map(node => node.dataset.class)")]


def lonely(page: Page, plot: Locator) -> tuple[int, float, float]:
    """A point without company; scrolled to first, since places are those of the window."""
    plot.scroll_into_view_if_needed()
    row, x, y = plot.evaluate(LONELIEST)
    return int(row), float(x), float(y)


def drag_over(page: Page, plot: Locator) -> None:
    """Enclose the whole map with a box."""
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 12, box["y"] + box["height"] - 40, steps=6)
    page.mouse.up()


def test_from_a_folder_to_a_space_that_can_be_walked(server: Server, page: Page) -> None:
    look = page.get_by_role("button", name="Look through it")
    open_page(page, f"{server.url}/explore?data=textures", look)
    look.click()
    extract = page.get_by_role("button", name="Extract features")
    extract.click(timeout=120_000)
    plot = page.locator(PLOT).first
    expect(plot).to_have_attribute("data-points", "192", timeout=240_000)
    run = visiting.run_id(page)
    found = found_of(server, run)

    # A pointer over a point shows the photo; a press shows who is most like it.
    expect(page.locator(".tl-sheets").first).to_have_attribute("data-sheets", "2", timeout=PATIENCE)
    row, x, y = lonely(page, plot)
    page.mouse.move(x, y)
    over = page.locator(".tl-map .hover").first
    expect(over).to_be_visible()
    expect(over).to_have_attribute("data-row", str(row))
    expect(over).to_have_attribute("data-thumb", "here")
    expect(over).to_contain_text(found.labels[row])
    page.mouse.click(x, y)
    expect(plot).to_have_attribute("data-pick", str(row), timeout=PATIENCE)
    near = tiles(page, "Its nearest neighbours")
    rows = near.evaluate_all("nodes => nodes.map(node => Number(node.dataset.row))")
    assert rows == list(found.neighbours[row])
    assert classes(near) == [found.labels[other] for other in rows]
    assert classes(near).count(found.labels[row]) > 8
    assert_accessible(page)

    # A neighbour leads on to its own neighbours; so does the list, without any pointer.
    near.first.get_by_role("button").click()
    expect(plot).to_have_attribute("data-pick", str(rows[0]), timeout=PATIENCE)
    wanted = found.labels.index("grass")
    choose(page, "Photo", found.files[wanted])
    expect(plot).to_have_attribute("data-pick", str(wanted), timeout=PATIENCE)
    until(lambda: classes(near).count("grass") > 8, seconds=30, what="neighbours of grass")

    # What is enclosed is shown below; a class that is hidden cannot be.
    page.get_by_role("button", name="brick", exact=False).first.click()
    expect(plot).to_have_attribute("data-points", "128")
    drag_over(page, plot)
    expect(page.get_by_text("128 photos enclosed")).to_be_visible(timeout=PATIENCE)
    enclosed = tiles(page, "Photos enclosed on the map")
    expect(enclosed).to_have_count(48)
    assert set(classes(enclosed)) == {"grass", "gravel"}
    page.get_by_role("button", name="Clear selection").click()
    expect(page.get_by_text("photos enclosed")).to_have_count(0, timeout=PATIENCE)

    # A photo from elsewhere: one of its own is most like itself.
    tile = packaged.write("textures", server.data / "again") / "gravel" / "0150.png"
    page.locator(".st-key-near-file input[type=file]").set_input_files(tile)
    alike = tiles(page, "Photos most like yours")
    expect(alike).to_have_count(12, timeout=60_000)
    assert classes(alike)[0] == "gravel"
    expect(alike.first).to_contain_text("1.00")

    # The same data set unfolds by t-SNE, and the map that comes of it can be walked, too.
    page.get_by_text("t-SNE", exact=True).first.click()
    page.get_by_role("button", name="Unfold with t-SNE").click()
    until(lambda: visiting.run_id(page) != run, seconds=60, what="the page of the map")
    expect(page.get_by_text("How it unfolded")).to_be_visible(timeout=180_000)
    unfolding = visiting.run_id(page)
    expect(plot).to_have_attribute("data-cloud", f"{run}.{unfolding}", timeout=PATIENCE)
    row, x, y = lonely(page, plot)
    page.mouse.click(x, y)
    expect(plot).to_have_attribute("data-pick", str(row), timeout=PATIENCE)
    assert visiting.record(server, unfolding).settings["extract"] == run
    assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    until(lambda: not scrolls_sideways(page), seconds=30, what="a map as narrow as a phone")
    assert page.locator(markers.STREAMLIT_ERROR).count() == 0
