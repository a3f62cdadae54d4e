"""A run that learns: its curves and figures while it goes on, and what came of it."""

from __future__ import annotations

import streamlit as st

from pages.components import (
    accuracies,
    asking,
    calibration,
    confusions,
    every_class,
    few,
    figures,
    finetuned,
    knobs,
    learning,
    mistakes,
    onward,
    report_card,
    session,
    siblings,
    take_home,
    words,
    worth,
)
from pages.components.accuracies import Row, Share
from tfcore.events import RunState
from tfcore.store.records import Run

KINDS = ("train", "finetune", "curve")
"""The kinds of run whose page this draws."""
_NOT_YET = "–"


def body(run: Run, waiting: str) -> None:
    """The middle of the page of a run that learns: curves, and beside them what they come to."""
    if run.kind == "curve":
        few.body(run, waiting)
        return
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        if waiting:
            words.note(f":material/hourglass_empty: {waiting}")
        learning.show("curves", run)
        if run.kind == "finetune":
            finetuned.body(run)
    with right:
        _now(run)
        if run.state.is_live:
            if session.is_mine(run):
                knobs.live(run)
            words.note(
                "**What to look for:** training loss falls and falls; validation loss turns and "
                "rises when it begins to learn photos by heart. **Ask yourself:** from which "
                "epoch on is more training worth nothing?"
            )
        else:
            _notes(run)
            if run.settings.get("vary"):
                _cells(run)
            onward.show(run)


def _now(run: Run) -> None:
    """Where it stands, or where it ended."""
    summary, last = run.summary, _last(run)
    share = summary.get("val_accuracy", last.get("val_accuracy"))
    loss = summary.get("val_loss", last.get("val_loss"))
    with st.container(horizontal=True, key="counts"):
        st.metric(
            "Named right",
            _NOT_YET if share is None else f"{100 * share:.1f} %",
            help="Share of the photos held back, from which it does not learn",
        )
        st.metric(
            "Validation loss",
            _NOT_YET if loss is None else f"{loss:.3g}",
            help="How surprised it is on average by the right class of these photos, in nats",
        )
        if "best_epoch" in summary:
            st.metric(
                "Best epoch",
                f"{summary['best_epoch']:,}",
                help="The one with the lowest validation loss: its weights were kept",
            )
        if "train_images" in summary:
            st.metric(
                "Learned from",
                f"{summary['train_images']:,}",
                help=f"Photos. {summary.get('val_images', 0):,} more were held back",
            )


def _notes(run: Run) -> None:
    """What was done about photos that could not be used as they are."""
    for note in run.summary.get("notes", []):
        words.note(f":material/info: {words.plain(str(note))}")


def _last(run: Run) -> dict[str, float]:
    rows = session.link().store.metrics_after(run.id, run.step - 1, limit=1)
    return dict(rows[-1][1]) if rows else {}


def _cells(run: Run) -> None:
    """The heads of a what-if run beside each other, the best first."""
    cells = {one["cell"]: one for one in run.summary.get("cells", [])}
    if not cells:
        return
    title = words.setting_title(str(run.settings["vary"]))
    rows = [
        Row(
            "",
            caption,
            [
                Share(
                    cell["val_accuracy"],
                    cell["val_ci_low"],
                    cell["val_ci_high"],
                    cell["val_images"],
                    0.0,
                )
                if (cell := cells.get(index)) is not None
                else None
            ],
        )
        for index, caption in enumerate(learning.captions(run))
    ]
    rows.sort(key=lambda row: -(row.shares[0].value if row.shares[0] else -1))
    accuracies.show(
        "cells",
        rows,
        ["Named right"],
        f"Photos held back that are named right, by {title.lower()}",
        first=title,
        missing="ran away",
    )


def show(run: Run) -> None:
    """What came of a run that has ended: drawn outside the view that renews itself."""
    if run.kind == "curve":
        return
    if run.state not in (RunState.FINISHED, RunState.STOPPED, RunState.FAILED):
        return
    card = report_card.open_card(run)
    if card is None:
        if run.state is not RunState.FAILED:
            words.note("It ended before there was anything to judge.")
        return
    _report(card)
    take_home.show(run)


def _report(card: report_card.Card) -> None:
    asking.begin()
    st.subheader("How good is it?")
    if card.run.settings.get("vary"):
        words.note("Of the heads above, this is the one with the lowest validation loss.")
    figures.show(card)
    side, part = report_card.choose(card)
    mistakes.show(card, side)
    confusions.show(card, side)
    calibration.show(card, side)
    every_class.show(list(card.classes), part)
    onward.try_photo(card)
    siblings.show(card)
    worth.show(card)
    few.ask(card)
    if not card.run.settings.get("vary"):
        finetuned.ask(card.run)
    asking.watch()
