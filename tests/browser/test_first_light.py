"""A person presses one button and watches an ideal cat grow."""

import io
import json

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, open_page, scrolls_sideways
from tests.browser.server import Server
from tests.browser.test_deployment import loads_tensorflow
from tests.browser.waiting import until

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def cat(server: Server, browser) -> str:
    """The address of a finished ideal cat, grown by pressing Home's button."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    press = page.get_by_role("button", name=markers.HOME_BUTTON)
    open_page(page, server.url, press)
    press.click()
    page.locator(markers.PICTURE).first.wait_for(timeout=visiting.WARM_SECONDS * 1000)
    page.locator(markers.FINISHED).first.wait_for(timeout=180_000)
    expect(page.locator(markers.STREAMLIT_ERROR)).to_have_count(0)
    run = visiting.run_id(page)
    page.get_by_text("Second opinion").wait_for()
    until(lambda: visiting.record(server, run).is_settled, seconds=120, what="second opinions")
    context.close()
    return run


def test_home_grows_a_cat_that_its_network_recognises(server: Server, cat: str) -> None:
    record = visiting.record(server, cat)
    assert record.summary["target"] == "Siamese cat"
    assert record.summary["probability_png"] > 0.5
    assert record.step == record.steps == 256
    assert not loads_tensorflow(server.pid)


def test_one_slider_moves_picture_curves_and_bars(server: Server, cat: str, page: Page) -> None:
    open_page(page, f"{server.url}/synthesize?run={cat}", page.locator(markers.FINISHED))
    slider = page.get_by_role("slider", name="Back in time")
    picture, curves = page.locator(markers.PICTURE).first, page.locator(markers.CURVES).first
    before = picture.get_attribute("data-step")
    slider.focus()
    for _ in range(4):
        slider.press("ArrowLeft")

    def moved_together() -> bool:
        step = picture.get_attribute("data-step")
        return step != before and step == curves.get_attribute("data-cursor")

    until(moved_together, seconds=20, what="picture and curves at the same earlier step")


def test_what_is_kept_is_the_picture_its_growth_and_its_figures(
    server: Server, cat: str, page: Page
) -> None:
    open_page(page, f"{server.url}/synthesize?run={cat}", page.locator(markers.FINISHED))
    files = {}
    for name in ("PNG", "GIF", "CSV", "Recipe"):
        with page.expect_download(timeout=120_000) as event:  # an animation takes its time
            page.get_by_role("button", name=name, exact=True).click()
        files[name] = event.value.path().read_bytes()
    assert files["PNG"] == visiting.artifact(server, cat)
    assert Image.open(io.BytesIO(files["GIF"])).n_frames > 5
    assert files["CSV"].decode().count("\n") == 257
    assert json.loads(files["Recipe"])["settings"]["target"] == "Siamese cat"


@pytest.mark.real
def test_page_command_line_and_replay_give_the_same_picture(
    server: Server, page: Page, tmp_path
) -> None:
    run = visiting.grow(page, server, {"recipe": "lesson-tv", "steps": "40", "seed": "5"})
    page.locator(markers.FINISHED).first.wait_for(timeout=120_000)
    with page.expect_download() as event:
        page.get_by_role("button", name="Recipe", exact=True).click()
    recipe = tmp_path / "recipe.json"
    recipe.write_bytes(event.value.path().read_bytes())
    picture = visiting.artifact(server, run)
    replayed = visiting.command_line(
        server, "replay", str(recipe), "--out", str(tmp_path / "replay")
    )
    assert replayed["matches"] is True
    assert (tmp_path / "replay" / replayed["image"]).read_bytes() == picture
    settings = ("--target", "siam", "--recipe", "lesson-tv", "--steps", "40", "--seed", "5")
    fresh = visiting.command_line(server, "synthesize", *settings, "--out", str(tmp_path / "cli"))
    assert (tmp_path / "cli" / fresh["image"]).read_bytes() == picture
    assert fresh["target_index"] == 284
    assert set(fresh["second_opinion"]) >= {"efficientnet-lite1", "efficientnet-lite2"}


def test_the_picture_shows_in_the_gallery_and_the_list(
    server: Server, cat: str, page: Page
) -> None:
    open_page(page, server.url, page.get_by_role("link", name="Siamese cat", exact=True))
    link = page.locator(f'a[href*="synthesize?run={cat}"]')
    open_page(page, f"{server.url}/runs", link)
    assert link.inner_text().strip() == "Siamese cat · EfficientNet-Lite0"
    link.click()
    page.locator(markers.FINISHED).first.wait_for()
    assert visiting.run_id(page) == cat


@pytest.mark.parametrize(
    "path", ["", "/synthesize", "/synthesize?run={cat}", "/attack", "/runs", "/compare"]
)
def test_every_page_is_open_to_everybody(
    server: Server, cat: str, page: Page, phone: Page, path: str
) -> None:
    address = server.url + path.format(cat=cat)
    marker = '[data-testid="stAppViewContainer"] :is(h1, h3, .picture)'
    open_page(page, address, marker)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    assert_accessible(page)
    open_page(phone, address, marker)
    phone.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    assert not scrolls_sideways(phone)
