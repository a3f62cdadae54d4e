"""Every run in a row of its own: thumbnail, state, figures; open, resume, delete."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from pages.components import moment, pair, places, session, trail, words
from tfcore.config import config
from tfcore.events import Verb
from tfcore.settings import PICTURE_KINDS
from tfcore.store.records import Run


def show(runs: Sequence[Run]) -> None:
    """Draw the rows, newest first."""
    if not runs:
        st.info("Nothing has run here yet.", icon=":material/eco:")
        st.page_link("pages/synthesize.py", label="Grow the first picture")
        return
    for run in runs:
        _row(run)


def _row(run: Run) -> None:
    frame = session.link().store.frame(run.id)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if frame is not None:
            st.image(moment.small(run, frame), width=96, alt=f"{run.title} at step {frame.step}")
        with st.container(width="stretch", gap="xsmall"):
            word, color, icon = words.STATES[run.state]
            st.badge(word, color=color, icon=icon)
            st.page_link(
                places.page_of(run.kind), label=words.plain(run.title), query_params={"run": run.id}
            )
            words.note(_figures(run))
        pair.link(run)
        if session.is_mine(run):
            _buttons(run)


def _figures(run: Run) -> str:
    made_from = trail.behind(run)
    parts = [words.plain(made_from[0].title)] if made_from else []
    parts += [datetime.fromtimestamp(run.created, UTC).strftime("%d %b %Y, %H:%M UTC")]
    if run.kind in PICTURE_KINDS:
        parts.append(f"{words.way(run)}, seed {run.settings['seed']}")
    parts.append(words.progress(run).replace("**", ""))
    probability = run.summary.get("probability_png")
    if "success_png" in run.summary:
        parts.append("fooled" if run.summary["success_png"] else "not fooled")
    elif probability is not None:
        parts.append(f"target {words.percent(probability)} in the saved picture")
    if run.reason:
        parts.append(run.reason)
    return " · ".join(parts)


def _buttons(run: Run) -> None:
    if run.state.is_resumable and run.step < run.steps:
        st.button(
            "Resume",
            key=f"resume_{run.id}",
            icon=":material/play_arrow:",
            on_click=session.command,
            args=(run.id, Verb.RESUME),
        )
    if not config().demo:
        with st.popover("Delete", icon=":material/delete:"):
            st.write("Picture, figures and recipe go for good.")
            st.button(
                "Delete for good",
                key=f"delete_{run.id}",
                type="primary",
                on_click=session.command,
                args=(run.id, Verb.DELETE),
            )
