"""Where a page stands on the way from a data set to its features, its map and what it taught."""

from __future__ import annotations

import streamlit as st

from pages.components import places, session, words
from tfcore.store.records import Run

_MADE_FROM = {
    "extract": "scan",
    "map": "extract",
    "train": "extract",
    "curve": "extract",
    "finetune": "head",
    "export": "head",
}
"""Kind of run to the setting that names the run it was made from."""
_HERE = {
    "extract": "these features",
    "map": "the map",
    "train": "this head",
    "curve": "how few are enough",
    "finetune": "fine-tuned",
    "export": "to take home",
}


def show(run: Run) -> None:
    """Draw a link to each run that this one was made from, the first of all first."""
    made_from = behind(run)
    if not made_from:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="trail"):
        for one in made_from:
            st.page_link(
                places.page_of(one.kind),
                label=words.plain(one.title),
                query_params={"run": one.id},
            )
            st.markdown(":material/chevron_right:", width="content")
        st.markdown(_HERE.get(run.kind, "this"), width="content")


def behind(run: Run) -> list[Run]:
    """The runs that a run was made from, the first of all first; as far as they are still here."""
    name = _MADE_FROM.get(run.kind)
    before = session.link().store.run(str(run.settings[name])) if name else None
    return [] if before is None else [*behind(before), before]
