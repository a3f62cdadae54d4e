"""t-SNE: asking for it, watching the map unfold, and the coordinates that it ends in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from pages.components import launch, session, words
from tfcore import parsing
from tfcore.config import config
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.store.records import Run

MAP = "map.json"


@dataclass(frozen=True)
class Flat:
    """The map that a run of kind ``map`` ended in.

    Attributes:
        run: That run.
        rows: Row of each photo in its extraction.
        xy: Its two coordinates.
    """

    run: str
    rows: Sequence[int] = field(repr=False)
    xy: Sequence[Sequence[float]] = field(repr=False)


def coordinates(extract: str) -> Flat | None:
    """The newest finished map of an extraction."""
    for run in session.link().store.finished("map"):
        if run.settings["extract"] == extract:
            return _read(run.id)
    return None


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(run: str) -> Flat | None:
    content = session.link().store.artifact(run, MAP)
    if content is None:
        return None
    told = json.loads(content)
    return Flat(run, told["rows"], told["xy"])


def offer(extract: Run) -> None:
    """What stands in the map's place until it was unfolded."""
    with st.container(border=True, key="unfold"):
        st.markdown(
            "**Not unfolded yet.** t-SNE moves the points, step by step, until photos that are "
            "alike lie together. You can watch it."
        )
        if st.button("Unfold with t-SNE", icon=":material/scatter_plot:", type="primary",
                     key="unfold.go"):  # fmt: skip
            try:
                settings = parsing.parse({"kind": "map", "extract": extract.id})
                check_memory(settings, config())
            except UserError as error:
                words.complain(error)
                return
            launch.start(launch.Request(settings))
