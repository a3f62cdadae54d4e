"""What came of a lesson: figures in words, mistakes as photos, cells that show theirs."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import confusions, learning, mistakes, report_card, siblings
from tests.pages.components.heads_made import add_curves, add_head, data_set, open_page
from tests.pages.components.spaces_made import add_extraction
from tests.store.making import add_run
from tfcore import intervals
from tfcore.events import RunState

SECONDS = 90
PETS = ["cat"] * 12 + ["dog"] * 18


@pytest.fixture
def store(tmp_path, monkeypatch):
    return open_page(tmp_path, monkeypatch)


@pytest.fixture
def pets(store, tmp_path):
    return data_set(store, tmp_path / "pets", PETS)


def page(run):
    def script(run):
        import streamlit as st

        from pages.components import session, taught

        found = session.link().store.run(run)
        taught.body(found, "")
        if not found.state.is_live:
            taught.show(found)
        st.text("the end")

    return AppTest.from_function(script, default_timeout=SECONDS, args=(run,))


def words(app):
    assert not app.exception, app.exception[0].message
    assert app.text[-1].value == "the end"
    return "\n".join(text.value for text in app.markdown)


def test_a_finished_lesson_is_told_in_words(store, pets):
    extract, photos = pets
    run = add_head(store, extract, photos)
    add_curves(store, run)
    app = page(run).run()
    said = words(app)
    part = report_card.open_card(store.run(run)).found.sides["validation"]
    assert f"it names **{100 * part.accuracy:.0f}** right (between" in said
    assert "right for 60" in said, "guessing the largest class: 18 of 30"
    assert "One photo was odd" in said
    assert "Most often mixed up" in said
    assert "It is a network of its own now" in said
    labels = {metric.label: metric.value for metric in app.metric}
    assert labels["Best epoch"] == "12"
    assert labels["Even score"] == f"{100 * part.macro_f1:.1f} %"
    assert "Among its first three" not in labels, "of two classes that would say nothing"


def test_the_surest_mistakes_come_first_and_a_photo_is_looked_into(store, pets):
    extract, photos = pets
    run = add_head(store, extract, photos)
    card = report_card.open_card(store.run(run))
    said = card.found.sides["validation"].photos
    wrong = mistakes.worst(said)
    assert wrong
    assert all(said.truth[row] != said.guess[row] for row in wrong)
    sure = [said.confidence[row] for row in wrong]
    assert sure == sorted(sure, reverse=True)
    app = page(run)
    app.session_state[f"mistakes.{run}.validation"] = wrong[0]
    told = words(app.run())
    assert "Taken for **" in told
    assert "What speaks for cat" in told
    assert "What speaks for dog" in told


def test_a_cell_shows_just_its_photos(store, pets):
    extract, photos = pets
    run = add_head(store, extract, photos)
    card = report_card.open_card(store.run(run))
    part = card.found.sides["validation"]
    for truth in (0, 1):
        for guess in (0, 1):
            rows = confusions.rows_of(card, part, (truth, guess), as_pair=False)
            assert len(rows) == part.confusion[truth][guess]
    app = page(run)
    app.session_state[f"confusion.{run}.validation.Every class"] = (1, 1)
    assert f"dog, named right: {part.confusion[1][1]}" in words(app.run())


def test_photos_that_are_gone_leave_the_figures(store, pets, tmp_path):
    extract, photos = pets
    run = add_head(store, extract, photos)
    (tmp_path / "pets").rename(tmp_path / "moved")
    app = page(run)
    app.session_state[f"mistakes.{run}.validation"] = 0
    assert "no longer where it was" in words(app.run())


def test_a_lesson_that_goes_on_has_sliders_and_no_report(store, pets):
    extract, _ = pets
    run = add_run(store, state=RunState.RUNNING, kind="train", extract=extract)
    add_curves(store, run, epochs=3)
    store.update(run, step=3)
    app = page(run)
    app.run()
    assert not app.exception
    assert {metric.label: metric.value for metric in app.metric}["Named right"] == "81.5 %"
    assert [slider.label for slider in app.select_slider] == [
        "Learning rate",
        "Dropout",
        "Weight decay",
    ]
    assert "How good is it?" not in [heading.value for heading in app.subheader]


def test_what_was_stopped_before_its_first_epoch_says_so(store, pets):
    extract, _ = pets
    run = add_run(store, state=RunState.STOPPED, kind="train", extract=extract)
    assert "before there was anything to judge" in words(page(run).run())


def test_a_what_if_draws_two_curves_a_head_and_names_the_best_first(store, pets):
    extract, photos = pets
    figures = {"val_accuracy": 0.9, "val_ci_low": 0.8, "val_ci_high": 0.95, "val_images": 30}
    cells = [{"cell": 0, **figures}, {"cell": 2, **figures, "val_accuracy": 0.95}]
    run = add_head(
        store, extract, photos, summary={"cells": cells}, vary="averaging", values="False, True"
    )
    record = store.run(run)
    assert learning.captions(record) == ["off", "on"]
    add_curves(store, run, cells=2)
    update = learning.update(record, store.all_metrics(run))
    assert set(update.series) == {f"val_{n}@{i}" for n in ("loss", "accuracy") for i in (0, 1)}
    assert update.marks == []
    assert "the one with the lowest validation loss" in words(page(run).run())


def test_the_best_epoch_and_what_was_steered_are_marked(store, pets):
    extract, photos = pets
    run = add_head(store, extract, photos)
    add_curves(store, run)
    store.add_mark(run, 5, 1, {"dropout": 0.5})
    update = learning.update(store.run(run), store.all_metrics(run))
    assert [(mark.step, mark.text) for mark in update.marks] == [
        (5, "dropout 0 → 0.5"),
        (12, "the best: kept"),
    ]
    assert (update.unit, list(update.series)) == ("epoch", list(learning.NAMES))


def test_heads_of_the_same_photos_stand_side_by_side(store, pets, tmp_path, monkeypatch):
    extract, photos = pets
    first = add_head(store, extract, photos)
    second = add_head(store, extract, photos, hidden="64", summary={"val_accuracy": 0.99})
    elsewhere, others = data_set(store, tmp_path / "other pets", PETS)
    add_head(store, elsewhere, others)
    heads = siblings.of(report_card.open_card(store.run(first)))
    assert [run.id for run in heads] == [second, first], "the best first, no strangers"
    assert siblings.title(heads[0]) == "EfficientNet-Lite0, 64"
    tuned = add_run(
        store, state=RunState.FINISHED, kind="finetune", head=first, blocks=3, guard=False
    )
    assert siblings.title(store.run(tuned)) == (
        "EfficientNet-Lite0, fine-tuned: last 3 blocks, no guard"
    )
    drawn = {}
    monkeypatch.setattr(
        siblings.accuracies, "show", lambda key, rows, *_, **__: drawn.update({key: rows})
    )
    app = page(first)
    words(app.run())
    assert "Heads of these photos" in [heading.value for heading in app.subheader]
    assert drawn["siblings"][0].shares[0].chance == pytest.approx(0.6), (
        "guessing the largest class: 18 of 30"
    )


def test_what_pretraining_is_worth_takes_two_steps_and_is_told_with_its_interval(
    store, pets, tmp_path
):
    extract, photos = pets
    run = add_head(store, extract, photos)
    app = page(run).run()
    assert [b.label for b in app.button if b.key == "worth.go"] == [
        "Extract with random weights first"
    ]
    scan = store.run(extract).settings["scan"]
    random = add_extraction(store, scan, photos, weights="random")
    app = page(run).run()
    assert [b.label for b in app.button if b.key == "worth.go"] == [
        "Teach the same head on random weights"
    ]
    worse = {"val_accuracy": 0.4, "val_ci_low": 0.25, "val_ci_high": 0.57}
    other = add_head(store, random, photos, summary=worse, wrong=0.6)
    said = words(page(run).run())
    asked = [
        report_card.open_card(store.run(one)).found.sides["validation"].photos
        for one in (run, other)
    ]
    right, then = ([t == g for t, g in zip(one.truth, one.guess, strict=True)] for one in asked)
    gained = sum(now and not before for now, before in zip(right, then, strict=True))
    low, high = intervals.paired(gained, sum(then) - sum(right) + gained, len(right))
    assert f"(between {100 * low:.0f} and {100 * high:.0f})" in said, "the same photos, in pairs"
    assert "right with what the network had learned before, and **40** without" in said
    assert "are what pretraining is worth here" in said
