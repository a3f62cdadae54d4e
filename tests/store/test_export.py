"""What a person takes home holds everything that was recorded."""

import csv
import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.store import making
from tfcore import images
from tfcore.events import RunState
from tfcore.store import export, recipe_file


@pytest.fixture
def store(tmp_path):
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def table(store, run):
    return list(csv.DictReader(io.StringIO(export.csv_bytes(store, run).decode())))


def gif_frames(content):
    with Image.open(io.BytesIO(content)) as gif:
        return [np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(gif)]


def grow(store, count):
    for step in range(count):
        store.add_frame("r", step, images.to_jpeg(making.picture(step % 200)), [])


def test_the_csv_has_a_row_for_every_step_and_a_column_for_every_quantity(store):
    rows = [(n, {"total": n / 3, "variation": 1e-9 * n}) for n in range(1, 1201)]
    rows[700][1]["probability"] = 0.1 + 0.2
    store.add_metrics("r", rows)
    read = table(store, "r")
    assert [int(row["step"]) for row in read] == list(range(1, 1201))
    assert set(read[0]) == {"step", "total", "variation", "probability", "steered"}
    assert [float(row["total"]) for row in read] == [values["total"] for _, values in rows]
    assert float(read[700]["probability"]) == 0.1 + 0.2
    assert read[0]["probability"] == ""


def test_the_csv_says_at_which_step_steering_began_to_act(store):
    store.add_metrics("r", [(n, {"total": 0.0}) for n in range(1, 5)])
    store.add_mark("r", 2, 1, {"tv_weight": 0.02})
    store.add_mark("r", 2, 2, {"learning_rate": 0.5, "l2_weight": 1.0})
    said = [row["steered"] for row in table(store, "r")]
    assert said == ["", "", "tv_weight=0.02; learning_rate=0.5; l2_weight=1", ""]


def test_the_csv_of_an_empty_run_is_its_heading(store):
    assert export.csv_bytes(store, "r") == b"step,steered\n"


@pytest.mark.parametrize("count", [1, 2, 19, 20, 21, 200])
def test_a_gif_has_few_frames_and_ends_on_the_kept_picture(store, count):
    grow(store, count)
    kept = np.zeros((16, 16, 3), np.uint8)
    kept[:8] = 255
    store.add_artifact("r", "image.png", images.to_png(kept))
    frames = gif_frames(export.gif_bytes(store, "r"))
    assert min(count, 18) <= len(frames) <= 21
    assert np.array_equal(frames[-1], kept)
    assert abs(frames[0].astype(int) - making.picture(0)).max() <= 8


def test_a_gif_without_a_kept_picture_ends_on_the_newest_frame(store):
    grow(store, 100)
    frames = gif_frames(export.gif_bytes(store, "r"))
    assert len(frames) <= 48
    assert abs(frames[-1].astype(int) - making.picture(99)).max() <= 8


def test_a_run_without_frames_has_no_gif(store):
    assert export.gif_bytes(store, "r") is None


def test_the_recipe_is_one_that_can_be_read_again(store):
    run = making.add_run(store, state=RunState.FINISHED, target="zebra")
    png = images.to_png(making.picture())
    store.add_artifact(run, "image.png", png)
    store.add_mark(run, 4, 9, {"tv_weight": 0.5})
    recipe = recipe_file.read(export.recipe_bytes(store, store.run(run)))
    assert recipe.settings.target == "zebra"
    assert recipe.steering == [(4, {"tv_weight": 0.5})]
    assert recipe.expected["pixels"] == images.png_digest(png)


def test_each_picture_of_a_sheet_comes_out_without_loss(store):
    run = making.add_run(store, vary="tv_weight", values="0, 0.1, 0.2", state=RunState.FINISHED)
    pictures = [making.picture(shade) for shade in (40, 120, 200)]
    assert export.cell_pngs(store, store.run(run)) == []
    store.add_artifact(run, "image.png", images.to_png(images.montage(pictures)))
    store.update(run, summary={"cells": [{}, {}, {}]})
    kept = [images.from_png(png) for png in export.cell_pngs(store, store.run(run))]
    assert all(np.array_equal(a, b) for a, b in zip(kept, pictures, strict=True))


def test_a_plain_run_has_no_pictures_but_its_own(store):
    run = making.add_run(store, state=RunState.FINISHED)
    store.add_artifact(run, "image.png", images.to_png(making.picture()))
    assert export.cell_pngs(store, store.run(run)) == []


def test_the_csv_has_a_column_for_every_quantity_of_every_cell(store):
    store.add_metrics("r", [(1, {"total@0": 1.0, "total@1": 2.0}), (2, {"total@1": 3.0})])
    assert table(store, "r")[1] == {"step": "2", "total@0": "", "total@1": "3.0", "steered": ""}
