"""Where a page stands on the way from a data set to its features and its map."""

from __future__ import annotations

import streamlit as st

from pages.components import session, words
from tfcore.store.records import Run

_MADE_FROM = {"extract": "scan", "map": "extract", "export": "head"}
"""Kind of run to the setting that names the run it was made from."""


def show(run: Run) -> None:
    """Draw a link to each run that this one was made from, the first of all first."""
    made_from = behind(run)
    if not made_from:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="trail"):
        for one in made_from:
            st.page_link(
                "pages/explore.py", label=words.plain(one.title), query_params={"run": one.id}
            )
            st.markdown(":material/chevron_right:", width="content")
        st.markdown("the map" if run.kind == "map" else "these features", width="content")


def behind(run: Run) -> list[Run]:
    """The runs that a run was made from, the first of all first; as far as they are still here."""
    name = _MADE_FROM.get(run.kind)
    before = session.link().store.run(str(run.settings[name])) if name else None
    return [] if before is None else [*behind(before), before]
