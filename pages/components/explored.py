"""A data set as a space, from top to bottom: map, neighbours, how separable it is, another kind."""

from __future__ import annotations

import streamlit as st

from pages.components import spaces, walk, words
from tfcore.store.records import Run


def show(run: Run) -> None:
    """Draw what a finished extraction found out.

    Args:
        run: The extraction.
    """
    space = spaces.open_space(run)
    if space is None:
        words.note("These features were never compared: extract them again to see their map.")
        return
    st.subheader(
        "The map",
        help="Every photo is a point; photos that the network finds alike lie near each other",
    )
    walk.show(space)
