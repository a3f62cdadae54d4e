"""Compare: two runs that have ended, side by side, with one time slider."""

import streamlit as st

from pages.components import pair, shell, versus

shell.enter()
st.title("Compare")
st.write(
    "**What to look for:** drag the time slider and watch both pictures grow. **Ask yourself:** "
    "which of the settings that differ made the difference, and do other networks agree?"
)
chosen = pair.choose()
if chosen is not None:
    left, right = chosen
    versus.pictures(left, right)
    what, how = st.columns(2, gap="medium")
    with what:
        versus.settings(left, right, pair.NAMES)
    with how:
        versus.figures(left, right, pair.NAMES)
