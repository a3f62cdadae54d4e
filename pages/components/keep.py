"""The end of a run: a second opinion, and what a person takes home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.components import session, words
from tfcore import trained
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.store import export
from tfcore.store.records import Run

_ENDED = (RunState.FINISHED, RunState.STOPPED)


def opinions(run: Run) -> None:
    """What other networks see in the picture, as far as they have been asked."""
    verdicts: Mapping[str, Mapping[str, Any]] = run.summary.get("second_opinion", {})
    if not verdicts and run.is_settled:
        nobody(run)
        return
    heading()
    own, network = run.summary.get("probability_png"), str(run.settings["network"])
    target = said_target(run)
    lines = []
    if own is not None:
        lines.append(f"- {words.network(network)}, its own: {target} {words.percent(own)}")
    for name, verdict in verdicts.items():
        line = f"- {words.network(name)}: sees {words.class_seen(name, verdict['top5'][0])}"
        if verdict["rank"] not in (None, 1):
            line += f"; {target} on place {verdict['rank']:,}"
        lines.append(line)
    if not run.is_settled:
        lines.append(f"- {coming()}")
    st.markdown("\n".join(lines))


def said_target(run: Run) -> str:
    """What a run aimed at, for Markdown."""
    return words.inline(str(run.summary.get("target", "")))


def nobody(run: Run) -> None:
    """Why there is no second opinion on a picture of a network of one's own."""
    if trained.is_head(str(run.settings["network"])) and run.state in _ENDED:
        words.note(
            "No second opinion: no other network here knows these classes. Train another head on "
            "the same data set, and it will be asked."
        )


def coming() -> str:
    """Why networks that are here have said nothing yet: people who wait come first."""
    if session.link().store.has_queue():
        return "the next network is asked when nobody waits in line"
    return "asking the next network …"


def heading() -> None:
    """What a second opinion is, and why it is asked."""
    st.markdown(
        "**Second opinion** — what other networks see in what was saved",
        help="A picture that only its own network recognises is closer to a trick than to an "
        "idea: other networks are the first test of whether it shows something.",
    )


def downloads(run: Run) -> None:
    """Picture, growth, figures, recipe and address of a run that has ended."""
    if run.state.is_live:
        return
    store = session.link().store
    png = store.artifact(run.id, "image.png")
    with st.container(horizontal=True, vertical_alignment="center", key="keep"):
        st.markdown("**Keep**", width="content")
        if png is not None:
            _download("PNG", "png", "image/png", png, run, "The picture, without loss")
        if run.photo is not None and export.shows_change(run):
            _download("Before", "before.png", "image/png", run.photo, run, "The photo as it was")
            change = export.perturbation_png(store, run) or b""
            _download("Change", "change.png", "image/png", change, run, "The amplified change")
        if store.frame(run.id) is not None:
            st.download_button(
                "GIF",
                lambda: export.gif_bytes(store, run.id) or b"",
                f"{run.id}.gif",
                "image/gif",
                key="keep_gif",
                icon=":material/gif_box:",
                help="How it grew",
                on_click="ignore",
            )
        st.download_button(
            "CSV",
            lambda: export.csv_bytes(store, run.id),
            f"{run.id}.csv",
            "text/csv",
            key="keep_csv",
            icon=":material/table:",
            help="Every figure of every step",
            on_click="ignore",
        )
        _recipe(run)
        if png is not None and run.state is RunState.FINISHED and not run.settings.get("vary"):
            st.page_link(
                "pages/explore.py",
                label="Look into it",
                icon=":material/travel_explore:",
                query_params={"look": "photo", "picture": run.id},
                help="What networks see in this picture, layer by layer",
            )
        with st.popover("Link", icon=":material/link:"):
            words.note("Whoever opens this address sees this run, read-only.")
            st.code(f"{(st.context.url or '').split('?')[0]}?run={run.id}", language=None)


def _recipe(run: Run) -> None:
    """The recipe, or why there is none any more."""
    try:
        content = export.recipe_bytes(session.link().store, run)
    except UserError:
        words.note("No recipe: a network that it needs was trained here, and is gone.")
        return
    meaning = "The whole run in one file: python -m tfcore replay FILE does it again"
    _download("Recipe", "json", "application/json", content, run, meaning)


def _download(label: str, ending: str, mime: str, content: bytes, run: Run, meaning: str) -> None:
    st.download_button(
        label,
        content,
        f"{run.id}.{ending}",
        mime,
        key=f"keep_{ending}",
        icon=":material/download:",
        help=meaning,
        on_click="ignore",
    )
