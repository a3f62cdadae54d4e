"""Going back in a run: the film strip's frames and the one slider that moves everything."""

from __future__ import annotations

import streamlit as st

from pages.components import filmstrip, moment, session
from tfcore import images
from tfcore.store.records import Run

_FILM_FRAMES = 16
_THUMB_SIDE, _SHEET_SIDE = 96, 192


def chosen(run: Run, steps: list[int]) -> int:
    """The step that is shown: the slider's, or the last."""
    value = st.session_state.get(_key(run), _first(run, steps))
    return value if value in steps else steps[-1]


def choose(run: Run, step: int, shown: int) -> None:
    """Go to a step, from the film strip, unless it is the one that is shown."""
    if step != shown:
        st.session_state[_picked(run)] = step
        st.session_state[_jumps(run)] = st.session_state.get(_jumps(run), 0) + 1
        st.rerun(scope="fragment")


def slider(run: Run, steps: list[int]) -> None:
    """The time slider of a run at rest."""
    if len(steps) > 1:
        st.select_slider(
            "Back in time: picture, curves and what it sees move together",
            steps,
            value=_first(run, steps),
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
        if step is not None and (since == 0 or step > since) and step not in wanted:
            wanted.append(step)
    side = _THUMB_SIDE if not run.settings.get("vary") else _SHEET_SIDE
    return [
        filmstrip.FilmFrame(
            frame.step, images.thumbnail(images.decode(moment.small(run, frame)), side)
        )
        for frame in session.link().store.frames(run.id, wanted)
    ]


def _first(run: Run, steps: list[int]) -> int:
    """Where the slider stands before it is moved: at the frame last pressed, or at the end."""
    picked = st.session_state.get(_picked(run), steps[-1])
    return min(steps, key=lambda step: abs(step - picked))


def _key(run: Run) -> str:
    """The slider's key; a press on the film strip makes a new slider that stands there."""
    return f"time.{run.id}.{st.session_state.get(_jumps(run), 0)}"


def _jumps(run: Run) -> str:
    return f"jumps.{run.id}"


def _picked(run: Run) -> str:
    return f"picked.{run.id}"
