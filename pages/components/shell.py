"""What stands around every page: configuration, navigation, engine warm-up and heartbeat."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.components import assets, session

_INSIDE = "shell.inside"


def run() -> None:
    """Run the page that the address names, within the navigation."""
    st.set_page_config(page_title="Transfer Lab", page_icon=":material/visibility:", layout="wide")
    page = _navigation()
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
    page whose address is the very first one opened on a fresh server would stand there alone. Once
    the pages are known the script starts anew, before anything is drawn: what is drawn under the
    discovered page's name is drawn again under another one, and a press on it meanwhile is lost.
    """
    if not st.session_state.get(_INSIDE):
        _navigation()
        st.rerun()


def _navigation() -> StreamlitPage:
    """Tell Streamlit the pages; the one that the address names."""
    return st.navigation(
        [
            st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
            st.Page("pages/synthesize.py", title="Synthesize", icon=":material/auto_awesome:"),
            st.Page("pages/attack.py", title="Attack", icon=":material/theater_comedy:"),
            st.Page("pages/explore.py", title="Explore", icon=":material/travel_explore:"),
            st.Page("pages/train.py", title="Train", icon=":material/school:"),
            st.Page("pages/compare.py", title="Compare", icon=":material/compare:"),
            st.Page("pages/runs.py", title="Runs", icon=":material/history:"),
        ],
        position="top",
    )
