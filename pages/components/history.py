"""Going back in a run: the film strip's frames and the one slider that moves everything."""

from __future__ import annotations

import streamlit as st

from pages.components import filmstrip, session
from tfcore import images
from tfcore.store.records import Run

_FILM_FRAMES = 16
_THUMB_SIDE = 96


def chosen(run: Run, steps: list[int]) -> int:
    """The step that is shown: the slider's, or the last."""
    last = steps[-1] if steps else 0
    value = st.session_state.get(_key(run), last)
    return value if value in steps else last


def choose(run: Run, step: int) -> None:
    """Go to a step, from the film strip; once a press."""
    seen = st.session_state.get(_picked(run))
    if seen != step:
        st.session_state[_picked(run)] = step
        st.session_state[_wanted(run)] = step
        st.rerun(scope="fragment")


def slider(run: Run, steps: list[int]) -> None:
    """The time slider of a run at rest."""
    if len(steps) < 2:
        return
    wanted = st.session_state.pop(_wanted(run), None)
    if wanted is not None:
        st.session_state[_key(run)] = min(steps, key=lambda step: abs(step - wanted))
    elif _key(run) not in st.session_state or st.session_state[_key(run)] not in steps:
        st.session_state[_key(run)] = steps[-1]
    st.select_slider(
        "Back in time: picture, curves and what it sees move together",
        steps,
        format_func=lambda step: f"step {step}",
        key=_key(run),
    )


def film(run: Run, since: int) -> list[filmstrip.FilmFrame]:
    """About sixteen frames, evenly over the whole run, after ``since``."""
    steps = session.link().store.frame_steps(run.id)
    marks = [round(i * run.steps / _FILM_FRAMES) for i in range(_FILM_FRAMES + 1)]
    wanted = []
    for mark in marks:
        step = next((step for step in steps if step >= mark), None)
        if step is not None and step > since - 1 and step not in wanted:
            wanted.append(step)
    return [
        filmstrip.FilmFrame(frame.step, images.thumbnail(images.decode(frame.jpeg), _THUMB_SIDE))
        for frame in session.link().store.frames(run.id, wanted)
    ]


def _key(run: Run) -> str:
    return f"time.{run.id}"


def _picked(run: Run) -> str:
    return f"picked.{run.id}"


def _wanted(run: Run) -> str:
    return f"wanted.{run.id}"
