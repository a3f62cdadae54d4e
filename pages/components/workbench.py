"""The page on which something is made: the form beside what comes of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.components import launch, live, session, trail, words
from tfcore.store.records import Run


def show(
    heading: str,
    form: Callable[[Run | None], launch.Request | None],
    *,
    button: str,
    look_for: str,
    empty: Callable[[], None] | None = None,
) -> None:
    """Draw the page of the run that the address names, or of none yet.

    Args:
        heading: What stands over the form.
        form: Draws the form and says what to start.
        button: What has to be pressed, as the empty page says it.
        look_for: What to look for, and the question that the page can answer.
        empty: Draws the place before the first run; None says what has to be pressed.
    """
    run_id = st.query_params.get("run", "")
    main, side = st.columns([2.8, 1], gap="medium")
    with side:
        st.subheader(heading)
        run = session.link().store.run(run_id) if run_id else None
        request = form(run)
        if request is not None:
            launch.start(request)
    with main:
        if run_id:
            live.show(run_id)
        elif empty is not None:
            empty()
        else:
            live.empty(button)
        if run is None or not trail.behind(run):  # what was made of a data set asks its own
            words.note(look_for)
