"""Fine-tuning on the page: the offer names what learns, and an ended run says what it was worth."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import finetuned, learning, report_card
from tests.pages.components.heads_made import add_head, data_set, open_page
from tests.store.making import add_run
from tests.trained_making import made
from tfcore import blocks, trained
from tfcore.events import RunState

SECONDS = 30


@pytest.fixture
def store(tmp_path, monkeypatch):
    return open_page(tmp_path, monkeypatch)


@pytest.fixture
def head(store, tmp_path):
    extract, photos = data_set(store, tmp_path / "pets", ["cat"] * 6 + ["dog"] * 6)
    run = add_head(store, extract, photos)
    store.add_artifact(run, trained.FILE, trained.content_of(trained.name_of(run)))
    return run


def page(run):
    def script(run):
        import streamlit as st

        from pages.components import finetuned, session

        found = session.link().store.run(run)
        if found.kind == "finetune":
            finetuned.body(found)
        else:
            finetuned.ask(found)
        st.text("the end")

    return AppTest.from_function(script, default_timeout=SECONDS, args=(run,))


def words(app):
    assert not app.exception, app.exception[0].message
    assert app.text[-1].value == "the end"
    return "\n".join(text.value for text in app.markdown)


def test_the_offer_names_and_counts_what_learns(head):
    app = page(head).run()
    said = words(app)
    assert "stage 7 (605,440)" in said
    assert "1,017,600 of the network's" in said
    app.selectbox[0].select_index(0).run()
    assert "The head's" in words(app)
    assert "every photo goes through" in words(app)


def test_the_button_starts_what_was_chosen(store, head, monkeypatch):
    from pages.components import launch

    asked = []
    monkeypatch.setattr(launch, "start", asked.append)
    app = page(head).run()
    app.selectbox[0].select_index(3)
    app.toggle[0].set_value(False)
    app.button[0].click().run()
    words(app)
    assert not app.error, app.error[0].value
    (request,) = asked
    assert (request.settings.head, request.settings.blocks) == (head, 3)
    assert not request.settings.guard
    assert request.settings.learning_rate == pytest.approx(1e-4)


def summary(**changes):
    said = {
        "val_accuracy": 0.9, "val_ci_low": 0.8, "val_ci_high": 0.95, "val_images": 60,
        "val_loss": 0.3, "best_epoch": 4, "epoch_steps": 8, "test_accuracy": None,
        "before": {"val_accuracy": 0.8, "val_loss": 0.5, "test_accuracy": None},
        "change": {"value": 0.1, "low": 0.02, "high": 0.18, "gained": 7, "lost": 1},
        "test_change": None,
        "rollbacks": [{"epoch": 3, "step": 24, "text": "rolled back at epoch 3: loss 0.82 → 1.41"}],
    }  # fmt: skip
    return said | changes


def test_an_ended_run_says_what_it_was_worth_and_what_was_undone(store, head):
    run = add_run(
        store,
        state=RunState.FINISHED,
        kind="finetune",
        head=head,
        fields={"summary": summary(), "step": 80},
    )
    said = words(page(run).run())
    assert "**+10.0 points** on the photos held back (between +2.0 and +18.0" in said
    assert "7 that were wrong are right" in said
    assert "rolled back at epoch 3" in said
    marks = learning.marks(store.run(run))
    assert [(mark.step, mark.text[:11]) for mark in marks] == [
        (24, "rolled back"),
        (32, "the best: k"),
    ]


def test_what_was_fine_tuned_twice_knows_the_features_that_it_began_with(store, head):
    runs = [head]
    for _ in range(2):
        fields = {"summary": summary()}
        runs.append(
            add_run(store, state=RunState.FINISHED, kind="finetune", head=runs[-1], fields=fields)
        )
    extract = store.run(head).settings["extract"]
    assert [report_card.extraction_of(store.run(run)) for run in runs] == [extract] * 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"best_epoch": 0}, "No epoch was better"),
        ({"change": {"value": 0.0, "low": -0.1, "high": 0.1, "gained": 1, "lost": 1}}, "too close"),
        (
            {"test_change": {"value": -0.1, "low": -0.2, "high": -0.01, "gained": 0, "lost": 5}},
            "**-10.0 points** on the test photos",
        ),
    ],
)
def test_the_verdict_is_honest(changes, said):
    assert said in finetuned.verdict(summary(**changes))


def test_rollbacks_stand_where_they_happened(store, head):
    run = store.run(add_run(store, kind="finetune", head=head))
    rows = [(8, {"rolled_back": 0.0}), (16, {"rolled_back": 1.0, "epoch": 2.0, "val_loss": 1.4})]
    assert [mark.step for mark in finetuned.rollbacks(run, rows, 0)] == [16]
    later = [(24, {"rolled_back": 1.0, "epoch": 3.0, "val_loss": 2.0})]
    assert [mark.step for mark in finetuned.rollbacks(run, later, 16)] == [16, 24]


def test_the_whole_network_is_told_as_such():
    known = blocks.of("efficientnet-lite0")
    assert "(100 %)" in finetuned.learns(known, len(known), made().about)
    assert "and 5 more" in finetuned.learns(known, len(known), made().about)
