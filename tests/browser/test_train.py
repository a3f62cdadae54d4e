"""A head is taught in the browser: watched, steered, stopped, and asked about its mistakes."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, open_page, scrolls_sideways
from tests.browser.server import Server
from tests.browser.waiting import until
from tfcore import evaluation
from tfcore.evaluation import Evaluation
from tfcore.events import RunState

pytestmark = pytest.mark.timeout(600)

PATIENCE = 30_000
LONG = {"steps": "9000", "patience": "0", "learning_rate": "0.0001"}
"""Long enough to be steered and stopped; the address carries it to the form."""


@pytest.fixture(scope="module")
def features(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Features of the textures that come installed: 192 photos of three classes."""
    out = str(tmp_path_factory.mktemp("features"))
    return str(
        visiting.command_line(server, "extract", "--data", "textures", "--out", out)["run_id"]
    )


@pytest.fixture(autouse=True)
def free_place(server: Server) -> Iterator[None]:
    """No test leaves a run in the one place there is."""
    yield
    visiting.stop_all(server)


def teach_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Teach it")


def teach(page: Page, server: Server, settings: dict[str, str]) -> str:
    """Open the form with settings in the address, press the button, wait for the first epoch."""
    open_page(page, f"{server.url}/train?{urlencode(settings)}", teach_button(page))
    teach_button(page).click()
    run = visiting.run_id(page)
    page.locator(markers.CURVES).first.wait_for(timeout=visiting.WARM_SECONDS * 1000)
    visiting.wait_step(page, 1, seconds=visiting.WARM_SECONDS)
    return run


def judged(server: Server, run: str) -> Evaluation:
    """What the run itself says of every photo."""
    return evaluation.from_bytes(visiting.artifact(server, run, evaluation.FILE))


def test_training_is_steered_while_it_goes_on_and_a_stop_keeps_the_best_epoch(
    server: Server, page: Page, features: str
) -> None:
    run = teach(page, server, {"extract": features, **LONG})
    plot = page.locator(markers.CURVES).first
    plot.evaluate("node => { node.witness = true; }")
    slider = page.locator(markers.STEERING).get_by_role("slider", name="Dropout")
    slider.focus()
    slider.press("ArrowRight")
    expect(plot).to_have_attribute("data-marks", "1", timeout=PATIENCE)
    assert visiting.marks(server, run) == [{"dropout": 0.05}]
    assert plot.evaluate("node => node.witness === true"), "drawn in place"
    visiting.button(page, "Stop").click()
    heading = page.get_by_role("heading", name="How good is it?")
    heading.wait_for(timeout=120_000)
    record = visiting.record(server, run)
    assert record.state is RunState.STOPPED
    assert 1 <= record.summary["best_epoch"] <= record.step < 9000
    expect(
        page.get_by_text(f"epoch {record.summary['best_epoch']}: the best: kept")
    ).to_be_attached()
    assert_accessible(page)


def test_a_cell_of_the_table_shows_its_photos_and_a_photo_why(
    server: Server, page: Page, features: str
) -> None:
    """On a phone it is the same page, from top to bottom."""
    run = teach(page, server, {"extract": features, "steps": "40", "learning_rate": "0.0002"})
    page.get_by_role("heading", name="How good is it?").wait_for(timeout=120_000)
    part = judged(server, run).sides["validation"]
    cells = page.locator(".confusion td button")
    expect(cells).to_have_count(sum(count > 0 for row in part.confusion for count in row))
    expect(page.get_by_text(f"it names {100 * part.accuracy:.0f} right")).to_be_visible()
    first = cells.first
    first.focus()
    page.keyboard.press("ArrowDown")
    cells.first.click()
    shown = page.get_by_role("list", name="Photos: ").get_by_role("listitem")
    expect(shown).to_have_count(min(24, int(first.inner_text())), timeout=PATIENCE)
    shown.first.get_by_role("button").click()
    expect(page.locator(".overlay .map").first).to_be_visible(timeout=90_000)
    assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    until(lambda: not scrolls_sideways(page), seconds=20, what="everything to fit a phone")
    assert page.locator(markers.STREAMLIT_ERROR).count() == 0


def test_a_what_if_overlays_its_curves_and_names_its_best(
    server: Server, page: Page, features: str
) -> None:
    run = teach(
        page,
        server,
        {"extract": features, "steps": "30", "vary": "learning_rate", "values": "0.0001,0.001,0.1"},
    )
    plot = page.locator(markers.CURVES).first
    expect(plot).to_have_attribute("data-curves", "6", timeout=PATIENCE)
    page.get_by_text("the one with the lowest validation loss").wait_for(timeout=120_000)
    cells = visiting.record(server, run).summary["cells"]
    expect(page.get_by_role("rowheader", name="0.0001")).to_be_visible()
    assert [cell["caption"] for cell in cells] == ["0.0001", "0.001", "0.1"]


def test_the_network_learns_too_and_the_page_tells_what_that_was_worth(
    server: Server, page: Page, features: str
) -> None:
    head = teach(page, server, {"extract": features, "steps": "3"})
    start = visiting.button(page, "Fine-tune")
    start.click(timeout=120_000)
    until(lambda: visiting.run_id(page) != head, seconds=60, what="the fine-tuning's own page")
    run = visiting.run_id(page)
    visiting.wait_step(page, 1, seconds=visiting.WARM_SECONDS)
    expect(page.get_by_alt_text("as the next batch sees them").first).to_be_visible(
        timeout=PATIENCE
    )
    visiting.button(page, "Stop").click()
    page.get_by_text("Before and after").first.wait_for(timeout=120_000)
    page.get_by_role("heading", name="How good is it?").wait_for(timeout=PATIENCE)
    record = visiting.record(server, run)
    assert (record.kind, record.settings["head"], record.state) == (
        "finetune",
        head,
        RunState.STOPPED,
    )
    expect(start).to_be_visible(timeout=PATIENCE)
    assert page.locator(markers.STREAMLIT_ERROR).count() == 0
    assert_accessible(page)


def test_without_features_the_page_says_what_to_press(own_server: Server, page: Page) -> None:
    way = page.get_by_role("link", name="Go to Explore")
    open_page(page, f"{own_server.url}/train", way)
    assert_accessible(page)
    expect(teach_button(page)).to_have_count(0)
    way.click()
    page.wait_for_url("**/explore**", timeout=PATIENCE)
