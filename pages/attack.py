"""Attack: change a photo until a network takes it for something else, with an honest verdict."""

import streamlit as st

from pages.components import fool_form, launch, live, session, shell, words

shell.enter()
run_id = st.query_params.get("run", "")
main, side = st.columns([2.8, 1], gap="medium")
with side:
    st.subheader("What to fool")
    request = fool_form.show(session.link().store.run(run_id) if run_id else None)
    if request is not None:
        launch.start(request)
with main:
    if run_id:
        live.show(run_id)
    else:
        live.empty("Fool it")
    words.note(
        "**What to look for:** nothing, at first: below 4 of 255 levels hardly anybody sees the "
        "change, and the network is sure of the wrong class. Drag from before to after, and look "
        "at the change alone. **Ask yourself:** is another network fooled by it, and does the "
        "trick survive a JPEG?"
    )
