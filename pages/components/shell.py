"""What stands around every page: configuration, navigation, engine warm-up and heartbeat."""

from __future__ import annotations

import streamlit as st

from pages.components import assets, session

_INSIDE = "shell.inside"


def run() -> None:
    """Run the page that the address names, within the navigation."""
    st.set_page_config(page_title="Transfer Lab", page_icon=":material/visibility:", layout="wide")
    page = st.navigation(
        [
            st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
            st.Page("pages/synthesize.py", title="Synthesize", icon=":material/auto_awesome:"),
            st.Page("pages/runs.py", title="Runs", icon=":material/history:"),
        ],
        position="top",
    )
    assets.ensure_plotly()
    session.begin()
    st.session_state[_INSIDE] = True
    try:
        page.run()
    finally:
        st.session_state[_INSIDE] = False
    session.heartbeat()


def enter() -> None:
    """Call first in every page.

    Streamlit discovers ``pages/`` by itself until the app has called ``st.navigation`` once: a
    page whose address is the very first one opened on a fresh server would stand there alone.
    """
    if not st.session_state.get(_INSIDE):
        run()
        st.stop()
