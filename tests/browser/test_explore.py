"""A data set is looked through in the browser: installed, by name, a zip, real, and not there."""

import io
import zipfile
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, open_page, scrolls_sideways
from tests.browser.server import Server
from tests.browser.waiting import until
from tests.datasets import making, standins
from tfcore.datasets.archives import unpack
from tfcore.events import RunState

pytestmark = pytest.mark.timeout(400)


def look_button(page: Page):
    return page.get_by_role("button", name="Look through it")


def looked_through(page: Page, server: Server):
    """Press the button and wait for the report."""
    look_button(page).click()
    expect(page.get_by_text("A look inside")).to_be_visible(timeout=120_000)
    record = visiting.record(server, visiting.run_id(page))
    assert record.state is RunState.FINISHED
    return record


def test_an_installed_set_is_looked_through_and_its_address_shows_it_again(
    server: Server, page: Page
) -> None:
    open_page(page, f"{server.url}/explore", look_button(page))
    assert_accessible(page)
    record = looked_through(page, server)
    assert record.summary["report"]["classes"] == {"brick": 64, "grass": 64, "gravel": 64}
    expect(page.get_by_role("img", name="brick: brick").first).to_be_visible()
    assert_accessible(page)
    page.reload()
    expect(page.get_by_text("A look inside")).to_be_visible(timeout=60_000)
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Extract features").click()
    expect(page.get_by_text("Known before")).to_be_visible(timeout=120_000)
    until(lambda: visiting.run_id(page) != record.id, seconds=60, what="the extraction's page")
    run = visiting.run_id(page)
    until(
        lambda: visiting.record(server, run).state is RunState.FINISHED,
        seconds=180,
        what="the features",
    )
    features = visiting.record(server, run)
    assert features.summary["images"] == features.step == features.steps == 192
    expect(page.get_by_text("The features are kept in this lab")).to_be_visible(timeout=30_000)
    assert_accessible(page)


def test_a_zip_tells_what_is_broken_in_it(server: Server, page: Page) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(4):
            archive.writestr(
                f"pets/{'cat' if number % 2 else 'dog'}/{number}.png", making.png(number)
            )
        archive.writestr("pets/cat/copy.png", making.png(1))
        archive.writestr("pets/dog/page.jpg", b"<html>")
    open_page(page, f"{server.url}/explore", look_button(page))
    page.get_by_text("Zip", exact=True).first.click()
    expect(look_button(page)).to_be_disabled()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "pets.zip", "mimeType": "application/zip", "buffer": held.getvalue()}
    )
    expect(look_button(page)).to_be_enabled(timeout=30_000)
    record = looked_through(page, server)
    reasons = {one["file"]: one["reason"] for one in record.summary["quarantined"]}
    assert set(reasons.values()) == {"duplicate", "not-an-image"}
    expect(page.get_by_text("Set aside: 2")).to_be_visible()


def test_a_named_set_says_what_it_takes_first_and_gives_its_room_back(
    server: Server, page: Page
) -> None:
    open_page(page, f"{server.url}/explore?data=cats-vs-dogs", look_button(page))
    told = page.get_by_text("Downloads 825 MB first")
    expect(told).to_be_visible()
    licence = page.get_by_role("link", name="Microsoft Research Data License Agreement")
    assert (licence.get_attribute("href") or "").startswith("https://www.microsoft.com/")
    expect(page.get_by_role("button", name="Download and look through it")).to_be_visible()
    page.get_by_text("Oxford-IIIT Pet", exact=True).click()
    expect(page.get_by_text("Downloads 792 MB first")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("37 breeds", exact=True)).to_be_visible()
    assert_accessible(page)
    # As if it had been downloaded: nothing here reaches the publisher.
    place = server.data / "sets" / "cats-vs-dogs"
    unpack(standins.cats_vs_dogs(), place, inside="PetImages")
    page.get_by_text("Cats vs Dogs", exact=True).click()
    expect(page.get_by_text("Nothing is downloaded")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("37 breeds", exact=True)).to_have_count(0)
    record = looked_through(page, server)
    photos = {"Cat": standins.PHOTOS, "Dog": standins.PHOTOS}
    assert record.summary["report"]["classes"] == photos
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete 0").click()
    expect(told).to_be_visible(timeout=20_000)
    assert not place.exists()
    assert page.locator(markers.STREAMLIT_ERROR).count() == 0


@pytest.mark.testbed
def test_real_folders_of_a_totally_different_kind_and_of_broken_files(
    server: Server, page: Page, testbed
) -> None:
    for folder, classes in (
        (testbed / "other_domain" / "brain_mri", {"tumor", "no_tumor"}),
        (testbed / "corrupt", {"made", "real"}),
    ):
        files = sum(file.is_file() for file in folder.rglob("*"))
        open_page(page, f"{server.url}/explore?data={quote(str(folder))}", look_button(page))
        record = looked_through(page, server)
        report = record.summary["report"]
        assert set(report["classes"]) == classes
        assert report["photos"] + sum(report["quarantined"].values()) == files == record.steps


def test_a_folder_that_is_not_there_is_told_before_anything_runs(
    server: Server, page: Page
) -> None:
    open_page(page, f"{server.url}/explore", look_button(page))
    page.get_by_text("Folder", exact=True).first.click()
    page.get_by_role("textbox", name="Folder").fill("/no/such/folder")
    page.keyboard.press("Enter")
    expect(page.get_by_text("which does not exist")).to_be_visible(timeout=30_000)
    assert page.locator(markers.STREAMLIT_ERROR).count() == 0
    assert "run=" not in page.url
