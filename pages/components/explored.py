"""A data set as a space, from top to bottom: map, neighbours, how separable it is, another kind."""

from __future__ import annotations

import streamlit as st

from pages.components import beside, near, separable, session, spaces, unfolded, walk, words
from tfcore.store.records import Run


def show(run: Run) -> None:
    """Draw what a finished extraction found out, or the map that it was unfolded to.

    Args:
        run: The extraction, or a run of kind ``map`` that has ended.
    """
    is_map = run.kind == "map"
    extract = session.link().store.run(str(run.settings["extract"])) if is_map else run
    space = spaces.open_space(extract) if extract is not None else None
    if space is None:
        words.note("What this was made from is no longer here: extract the features again.")
        return
    st.subheader(
        "The map",
        help="Every photo is a point. Photos that the network finds alike lie near each other.",
    )
    walk.show(space, run if is_map else None)
    words.note(
        "**What to look for:** islands of one colour, and the points of another colour in them: "
        "hard photos, or ones with a wrong label. **Ask yourself:** what do the neighbours of such "
        "a photo have in common that its class has not?"
    )
    if is_map:
        unfolded.offer(space.run.id, "Unfold again", given=float(run.settings["perplexity"]))
        return
    near.show(space)
    separable.show(space)
    beside.show(space)
