"""An attack as it is watched: the picture and its change while it runs, the verdict at the end."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.components import bars, knobs, moment, picture, session, swipe, verdict, words
from tfcore.settings import AttackSettings
from tfcore.store import export
from tfcore.store.records import Run, StoredFrame

_CHANGE_COLOUR = "#9AA2B1"
_TARGET_COLOUR = "#1DB98C"


def body(
    run: Run, frame: StoredFrame | None, waiting: str, nothing: str, curves: Callable[[], None]
) -> None:
    """Draw the middle of the page.

    Args:
        run: The run.
        frame: The moment that is shown.
        waiting: What a run that does not move waits for.
        nothing: What stands where no picture is.
        curves: Draws the curves.
    """
    png = None if run.state.is_live else session.link().store.artifact(run.id, "image.png")
    is_end = frame is not None and frame.step == run.step and png is not None
    if is_end:
        _end(run, run.photo or b"", png or b"")
        verdict.card(run)
    else:
        _now(run, frame, waiting, nothing)
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        if run.state.is_live and session.is_mine(run):
            knobs.live(run)
        if not is_end:
            bars.show("bars", moment.seen(run, frame))
        else:
            verdict.survival(run)
            verdict.others(run)
    with right:
        curves()


def _now(run: Run, frame: StoredFrame | None, waiting: str, nothing: str) -> None:
    """The picture as it is, and beside it the change so far."""
    # As recorded: checking again would miss a network that was deleted meanwhile.
    factor = AttackSettings.model_construct(**run.settings).amplification
    seen = ""
    if frame is not None and frame.top5:
        seen = f"seen as {_best(run, frame)}"
    picture.show(
        "picture",
        frame.jpeg if frame else None,
        alt=f"{run.title} at step {frame.step if frame else 0}, and the change beside it",
        placeholder=waiting or nothing,
        badge=waiting,
        step=frame.step if frame else None,
        state=run.state,
        cells=[
            picture.Cell("The picture", seen, _TARGET_COLOUR),
            picture.Cell(f"The change × {factor}", "gray: nothing changed", _CHANGE_COLOUR),
        ],
    )


def _best(run: Run, frame: StoredFrame) -> str:
    """The likeliest class of a moment with its probability, as plain text."""
    index, probability = frame.top5[0]
    name = words.class_name(str(run.settings["network"]), index)
    return f"{name} {words.percent(probability)}"


def _end(run: Run, photo: bytes, png: bytes) -> None:
    """Before and after over each other, and the change alone."""
    source, seen = verdict.seen_as(run, "source_top5"), verdict.seen_as(run, "top5")
    left, right = st.columns(2, gap="medium")
    with left:
        swipe.show("swipe", photo, png, (f"before: {source}", f"after: {seen}"))
    with right:
        change = moment.change(run)
        factor = export.change_factor(run)
        picture.show(
            "picture",
            change,
            alt=f"The change, {factor} times as strong as it is, around gray",
            caption=f"The change × {factor}: all that was added to the photo. Gray is no change.",
            step=run.step,
            state=run.state,
        )
