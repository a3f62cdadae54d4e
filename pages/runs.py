"""Runs: everything that ran here; open, resume, delete."""

import streamlit as st

from pages.components import run_list, session, shell

shell.enter()
st.title("Runs")
st.write(
    "Every run is kept with its picture, its figures and its recipe. **Ask yourself:** what "
    "differs between the settings of your best and your worst picture?"
)
choice = st.segmented_control(
    "Show", ["Everybody's", "Mine"], default="Everybody's", key="whose", required=True
)
runs = session.link().store.runs(limit=60)
run_list.show([run for run in runs if choice != "Mine" or session.is_mine(run)])
