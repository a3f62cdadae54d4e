"""Synthesize: grow the ideal picture of a class, live."""

import streamlit as st

from pages.components import form, launch, live, session, shell, words

shell.enter()
run_id = st.query_params.get("run", "")
main, side = st.columns([2.8, 1], gap="medium")
with side:
    st.subheader("What to grow")
    request = form.show(session.link().store.run(run_id) if run_id else None)
    if request is not None:
        launch.start(request)
with main:
    if run_id:
        live.show(run_id)
    else:
        live.empty("Grow the image")
    words.note(
        "**What to look for:** the recipe Lesson ends in noise that convinces only this network; "
        "variation loss turns it into patterns, and Natural into something that you recognise "
        "yourself. **Ask yourself:** which part of the target comes first, and do other networks "
        "agree?"
    )
