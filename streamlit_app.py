"""Transfer Lab: see what a pretrained image network knows, dreams and falls for."""

import streamlit as st

from pages.components import assets, session

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
page.run()
session.heartbeat()
