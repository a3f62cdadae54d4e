"""A dog becomes a cat by a change that nobody sees, and the card tells the truth about it."""

import json
import subprocess
import sys

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser import markers, visiting
from tests.browser.driving import assert_accessible, open_page, scrolls_sideways
from tests.browser.server import ROOT, Server
from tests.browser.waiting import until
from tfcore import images

pytestmark = pytest.mark.timeout(400)

ALONE = """
import json, sys
import numpy as np
from PIL import Image
from tfcore import labels
from tfcore.backbones.loading import load
pixels = np.asarray(Image.open(sys.argv[1]).convert("RGB"), np.float32) / 255
scores = load("efficientnet-lite0", fast=False).logits(pixels[None]).numpy()[0].astype(float)
chances = np.exp(scores - scores.max())
chances /= chances.sum()
print(json.dumps([labels.name(int(scores.argmax())), float(chances.max())]))
"""
"""Neither store, engine nor worker: the network as it is, unfolded, and the pixels of the file."""


def fool_button(page: Page):
    return page.get_by_role("button", name="Fool it")


def test_the_mastiff_becomes_a_siamese_cat_steered_to_two_levels(
    server: Server, page: Page, tmp_path
) -> None:
    open_page(page, f"{server.url}/attack?epsilon=8&steps=400", fool_button(page))
    page.get_by_text("It sees: bull mastiff").wait_for(timeout=visiting.WARM_SECONDS * 1000)
    fool_button(page).click()
    page.locator(markers.PICTURE).first.wait_for(timeout=visiting.WARM_SECONDS * 1000)
    visiting.wait_step(page, 3)
    expect(page.get_by_text("The change × 4")).to_be_visible()
    sliders = page.locator(markers.STEERING)
    slider = sliders.get_by_role("slider", name="Budget")
    slider.focus()
    for value in (6, 4, 3, 2):
        slider.press("ArrowLeft")
        expect(slider).to_have_attribute("aria-valuetext", str(value), timeout=20_000)
    run = visiting.run_id(page)
    # On a busy machine several presses become one change; what counts is where they end: the step
    # of a quarter of the budget has gone along, or it would jump to and fro.
    until(
        lambda: visiting.marks(server, run)[-1:] == [{"epsilon": 2.0, "step_size": 0.5}],
        seconds=30,
        what="the last press to act",
    )
    step = sliders.get_by_role("slider", name="Step size")
    expect(step).to_have_attribute("aria-valuetext", "0.5", timeout=20_000)
    expect(slider).to_have_attribute("aria-valuetext", "2")
    steered = str(len(visiting.marks(server, run)))
    expect(page.locator(markers.CURVES).first).to_have_attribute(
        "data-marks", steered, timeout=20_000
    )
    page.locator(markers.FINISHED).first.wait_for(timeout=180_000)
    until(lambda: visiting.record(server, run).ended is not None, seconds=60, what="the verdict")
    expect(page.get_by_text("Fooled.", exact=True)).to_be_visible(timeout=30_000)
    summary = visiting.record(server, run).summary
    assert summary["linf_255"] <= summary["epsilon_255"] == 2
    with page.expect_download() as event:
        page.get_by_role("button", name="PNG", exact=True).click()
    file = tmp_path / "fooled.png"
    event.value.save_as(file)
    photo = visiting.record(server, run).photo
    assert photo is not None
    change = images.from_png(file.read_bytes()).astype(int) - images.from_png(photo)
    assert 0 < np.abs(change).max() <= 2
    answer = subprocess.run(
        [sys.executable, "-c", ALONE, str(file)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    name, chance = json.loads(answer.stdout.splitlines()[-1])
    assert name == summary["top5"][0]["name"] == "Siamese cat"
    assert chance == pytest.approx(summary["probability_png"], abs=1e-4)
    card = page.get_by_role("list", name="Now it sees").or_(page.get_by_text("Now it sees"))
    expect(card.first).to_be_visible()
    assert_accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    until(lambda: not scrolls_sideways(page), seconds=10, what="the narrow page to settle")
    # The handle of before and after moves with the keys as well.
    handle = page.get_by_role("slider", name="From before")
    handle.press("ArrowLeft")
    expect(handle).to_have_value("49")


@pytest.mark.real
def test_page_command_line_and_replay_give_the_same_bytes(
    server: Server, page: Page, tmp_path
) -> None:
    open_page(page, f"{server.url}/attack?steps=12&seed=5&epsilon=3", fool_button(page))
    fool_button(page).click()
    page.locator(markers.FINISHED).first.wait_for(timeout=visiting.WARM_SECONDS * 1000)
    run = visiting.run_id(page)
    picture = visiting.artifact(server, run)
    with page.expect_download() as event:
        page.get_by_role("button", name="Recipe", exact=True).click()
    recipe = tmp_path / "recipe.json"
    recipe.write_bytes(event.value.path().read_bytes())
    replayed = visiting.command_line(server, "replay", str(recipe), "--out", str(tmp_path / "r"))
    assert replayed["matches"] is True
    assert (tmp_path / "r" / replayed["image"]).read_bytes() == picture
    settings = ("--image", "sample:bull mastiff", "--steps", "12", "--seed", "5", "--epsilon", "3")
    fresh = visiting.command_line(server, "attack", *settings, "--out", str(tmp_path / "cli"))
    folder = tmp_path / "cli"
    assert (folder / fresh["image"]).read_bytes() == picture
    assert fresh["success_png"] is visiting.record(server, run).summary["success_png"] is True
    assert fresh["adversarial_top1"]["name"] == fresh["target"] == "Siamese cat"
    assert fresh["source_top1"]["name"] == "bull mastiff"
    assert fresh["linf_255"] <= fresh["epsilon_255"] == 3
    photo = images.from_png((folder / fresh["original"]).read_bytes())
    assert np.abs(images.from_png(picture).astype(int) - photo).max() == fresh["linf_255"]
    assert {"perturbation", "metrics", "recipe_file", "growth"} <= fresh.keys()


def test_the_lessons_way_stands_beside_the_mended_one(server: Server, page: Page) -> None:
    open_page(page, f"{server.url}/attack", fool_button(page))
    page.get_by_role("button", name="As in the lesson, and mended").click()
    page.locator(markers.FINISHED).first.wait_for(timeout=visiting.WARM_SECONDS * 1000)
    page.get_by_text("The lesson shows its network raw values").wait_for(timeout=30_000)
    lesson, mended = visiting.record(server, visiting.run_id(page)).summary["cells"]
    assert mended["success_png"]
    assert mended["linf_255"] <= 2 < lesson["linf_255"]
    assert_accessible(page)


def test_what_is_no_photo_or_no_target_is_told_in_a_sentence(server: Server, page: Page) -> None:
    open_page(page, f"{server.url}/attack?target=bull%20mastiff", fool_button(page))
    fool_button(page).click()
    page.get_by_text("a class that the photo does not show").wait_for()
    open_page(page, f"{server.url}/attack?epsilon=1000", fool_button(page))
    page.get_by_text("here are the defaults").wait_for()
    open_page(page, f"{server.url}/attack", fool_button(page))
    page.get_by_role("combobox", name="Photo").click()
    page.get_by_role("option", name="A file").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"no photo at all"}
    )
    page.get_by_text("a text file").first.wait_for()
    expect(page.locator(markers.STREAMLIT_ERROR)).to_have_count(0)
