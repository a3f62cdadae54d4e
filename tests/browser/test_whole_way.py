"""The loop that the lab closes: from a folder of photos to what fools a network of one's own."""

import re
import zipfile
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests import pictures
from tests.browser import markers, visiting
from tests.browser.driving import open_page
from tests.browser.server import Server
from tests.browser.waiting import until
from tests.datasets import making
from tfcore import trained
from tfcore.events import RunState

pytestmark = pytest.mark.timeout(900)

PATIENCE = 180_000
"""For whatever a worker does; a busy machine takes its time."""
TINTS = {"ember": (1.0, 0.35, 0.2), "ocean": (0.2, 0.45, 1.0)}
A_CLASS = 16


def tinted(root: Path) -> Path:
    """Two classes that a network tells by their colour."""
    files = {}
    for number, (label, tint) in enumerate(TINTS.items()):
        for seed in range(A_CLASS):
            drawn = making.drawing(100 * number + seed, 120, 120) * np.array(tint)
            files[f"{label}/{seed}.png"] = pictures.encoded(drawn.astype(np.uint8), "PNG")
    return making.folder(root, files)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click(timeout=PATIENCE)


def steps(page: Page, count: int) -> None:
    """Change how many steps the form asks for."""
    field: Locator = page.get_by_role("spinbutton", name="Steps")
    field.fill(str(count))
    field.press("Enter")
    page.wait_for_url(f"**steps={count}**", timeout=PATIENCE)


def ended(server: Server, page: Page, besides: str) -> str:
    """The next run of this page, once it has finished."""

    def arrived() -> str:
        # Asked of the browser: Playwright's own address stands still while nobody listens.
        found = re.search(r"[?&]run=([0-9a-f]+)", str(page.evaluate("location.href")))
        return found.group(1) if found and found.group(1) != besides else ""

    run = until(arrived, seconds=120, what="the page of the run")
    until(
        lambda: visiting.record(server, run).state is RunState.FINISHED,
        seconds=240,
        what="the run to finish",
    )
    return run


def test_from_a_folder_to_an_attack_on_a_network_of_ones_own(
    server: Server, page: Page, tmp_path: Path
) -> None:
    folder = tinted(tmp_path / "tints")
    look = page.get_by_role("button", name="Look through it")
    open_page(page, f"{server.url}/explore?data={quote(str(folder))}", look)
    look.click()
    scan = ended(server, page, "")
    press(page, "Extract features")
    features = ended(server, page, scan)

    press(page, "Teach a head")
    press(page, "Teach it")
    lesson = ended(server, page, features)
    page.get_by_role("heading", name="How good is it?").wait_for(timeout=PATIENCE)
    page.locator(".confusion td button").first.click()
    shown = page.get_by_role("list", name="Photos: ").get_by_role("listitem")
    expect(shown.first).to_be_visible(timeout=PATIENCE)

    # One format is enough here: each is loaded in a process of its own before it is offered.
    page.get_by_test_id("stCheckbox").filter(has_text="ONNX").locator("label").click()
    press(page, "Write the files")
    file = page.get_by_role("button", name=re.compile(r"^[\d.]+ MB$"))
    file.wait_for(timeout=PATIENCE)
    with page.expect_download() as event:
        file.click()
    with zipfile.ZipFile(event.value.path()) as archive:
        [labels] = [name for name in archive.namelist() if name.endswith("labels.txt")]
        assert archive.read(labels).decode().split() == sorted(TINTS)

    network = trained.name_of(lesson)
    press(page, "Grow its ideal ember")
    page.wait_for_url(f"**network={network}**", timeout=PATIENCE)
    steps(page, 24)
    visiting.grow_button(page).click()
    grown = ended(server, page, lesson)
    record = visiting.record(server, grown)
    assert (record.settings["network"], record.summary["target"]) == (network, "ember")
    assert record.summary["probability_png"] > 0.5
    page.locator(markers.FINISHED).first.wait_for(timeout=PATIENCE)

    open_page(page, f"{server.url}/train?run={lesson}", "text=It is a network of its own now")
    press(page, "Make it see ember")
    page.wait_for_url(f"**network={network}**", timeout=PATIENCE)
    press(page, "Fool it")
    fooled = visiting.record(server, ended(server, page, lesson))
    assert fooled.settings["network"] == network
    assert fooled.summary["success_png"] in (True, False)
    assert page.locator(markers.STREAMLIT_ERROR).count() == 0
