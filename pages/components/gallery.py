"""Recent runs as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.components import moment, places, session, words
from tfcore.store.records import Run


def show(runs: Sequence[Run]) -> None:
    """Draw a tile for each run that has a picture."""
    store = session.link().store
    tiles = [(run, frame) for run in runs if (frame := store.frame(run.id)) is not None]
    if not tiles:
        st.info("Nothing has grown here yet. Press the button above.", icon=":material/eco:")
        return
    with st.grid(min_column_width=180):
        for run, frame in tiles:
            with st.container(border=True):
                st.image(
                    moment.small(run, frame),
                    alt=f"{run.title} at step {frame.step}",
                    width="stretch",
                )
                word, color, icon = words.STATES[run.state]
                st.badge(word, color=color, icon=icon)
                target, _, network = run.title.partition(" · ")
                st.page_link(
                    places.page_of(run.kind),
                    label=words.plain(target),
                    query_params={"run": run.id},
                )
                words.note(words.inline(network))
