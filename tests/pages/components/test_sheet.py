"""What a what-if run's pictures are called, and how they stand."""

import pytest

from pages.components import curves, sheet
from pages.components.quantities import CELLS
from tests.pages.components.records import run_of
from tfcore.store.records import SteeringMark, StoredFrame

WEIGHTS = {"vary": "tv_weight", "values": "0, 0.001,5e-3"}
CHANNELS = {"vary": "target", "values": "block4a_expand_relu:1, block4a_expand_relu:2"}


def captions(**settings):
    return [cell.caption for cell in sheet.cells(run_of(settings))]


def said(run, frame, figures, marks=()):
    rows = [(frame.step, figures)]
    return [cell.value for cell in sheet.overlay(run, sheet.cells(run), frame, rows, marks)]


@pytest.mark.parametrize(
    ("vary", "values", "wanted"),
    [
        ("tv_weight", "0, 0.0010,5e-3", ["0", "0.001", "0.005"]),
        ("rotation", "0,17", ["0 degrees", "17 degrees"]),
        ("target", "siam, 340", ["Siamese cat", "zebra"]),
        ("target", "siam, Siamese cat", ["Siamese cat", "Siamese cat (2)"]),
        ("network", "efficientnet-lite0,vgg16", ["EfficientNet-Lite0", "VGG16"]),
    ],
)
def test_captions_say_what_differs_in_words(vary, values, wanted):
    assert captions(vary=vary, values=values) == wanted


def test_a_plain_run_has_no_cells_nor_has_one_that_knew_no_what_if():
    assert not sheet.cells(run_of({}))
    plain = run_of({})
    assert not sheet.cells(run_of({}, settings={"target": plain.settings["target"]}))


def test_on_the_way_the_step_s_own_figures_stand_on_the_sheet():
    run = run_of(WEIGHTS, step=9)
    figures = {"probability@0": 0.972, "probability@2": 1e-6, "total@0": 1.0}
    assert said(run, StoredFrame(8, b""), figures) == ["97 %", "ran away", "< 0.1 %"]


def test_the_last_sheet_shows_what_the_saved_pictures_are_worth_and_earlier_ones_do_not():
    judged = [{"probability_png": value} for value in (0.5, 0.25, 0.0)]
    run = run_of(WEIGHTS, step=9, summary={"cells": judged})
    figures = {f"probability@{index}": 0.9 for index in range(3)}
    assert said(run, StoredFrame(9, b""), figures) == ["50 %", "25 %", "< 0.1 %"]
    assert said(run, StoredFrame(8, b""), figures) == ["90 %"] * 3


def test_a_channel_shows_how_strongly_it_answers_whatever_its_weight_is():
    run = run_of({**CHANNELS, "loss_weight": 2.0}, step=9)
    figures = {"activation@0": -6.0, "activation@1": -1.0}
    frame = StoredFrame(5, b"")
    assert said(run, frame, figures) == ["3", "0.5"]
    later = SteeringMark(5, 1, {"loss_weight": 4.0})
    earlier = SteeringMark(4, 2, {"loss_weight": 4.0})
    assert said(run, frame, figures, [later]) == ["3", "0.5"]
    assert said(run, frame, figures, [earlier]) == ["1.5", "0.25"]


def test_two_curves_a_cell_in_one_colour_and_a_hole_where_it_ran_away():
    run = run_of(WEIGHTS)
    rows = [(1, {"total@0": 3.0, "probability@0": 0.1, "variation@0": 9.0, "total@1": 4.0})]
    cells = sheet.cells(run)
    update = sheet.curve_update(curves.CurveUpdate("r", 0, [1], cursor=1), cells, rows)
    assert list(update.series) == [f"{n}@{i}" for n in ("total", "probability") for i in range(3)]
    assert update.series["total@1"] == [4.0]
    assert update.series["probability@1"][0] != update.series["probability@1"][0]
    above, below = update.quantities["total@2"], update.quantities["probability@2"]
    assert (above.light, above.dash, above.cell) == (below.light, below.dash, "0.005")
    assert (above.panel, below.panel) == ("loss", "probability")
    assert update.panels.lower == "Probability of Siamese cat"
    assert update.cursor == 1


def test_channels_have_their_objective_in_the_lower_panel():
    update = sheet.curve_update(
        curves.CurveUpdate("r"), sheet.cells(run_of(CHANNELS)), [(1, {"activation@0": -2.0})]
    )
    assert update.quantities["activation@0"].panel == "probability"
    assert not update.panels.is_probability


def test_each_picture_s_own_best_guess_is_named():
    run = run_of({"vary": "target", "values": "siam,zebra"})
    five = [(284, 0.6), (1, 0.1), (2, 0.1), (3, 0.1), (4, 0.1)]
    frame = StoredFrame(3, b"", (*five, (284, 0.7), *five[1:]))
    rows = sheet.guesses(sheet.cells(run), frame)
    assert [row.name for row in rows] == ["Siamese cat: Siamese cat", "zebra: Siamese cat"]
    assert [row.highlight for row in rows] == [True, False]
    assert rows[1].value == 0.7
    assert sheet.guesses(sheet.cells(run), None) == []


@pytest.mark.parametrize("count", range(10))
def test_only_a_sheet_that_is_not_full_has_an_outline(count):
    assert bool(sheet.outline(count)) == (count in (3, 5, 7, 8))


def luminance(colour):
    """Relative luminance by WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_nine_cells_differ_and_stand_out_from_the_page():
    assert len(set(CELLS)) == 9
    for light, dark, _ in CELLS:
        assert 1.05 / (luminance(light) + 0.05) >= 3
        assert (luminance(dark) + 0.05) / (luminance("#050609") + 0.05) >= 3
