"""One header for every live run: state, step of steps, speed, time left, and the buttons."""

from __future__ import annotations

import streamlit as st

from pages.components import session, words
from tfcore.events import RunState, Verb
from tfcore.settings import PICTURE_KINDS
from tfcore.store.records import Run

_BUTTONS: tuple[tuple[Verb, str, str, str, str], ...] = (
    (Verb.PAUSE, "Pause", ":material/pause:", "Hold the picture as it is", "Hold for a while"),
    (Verb.STEP, "Step", ":material/skip_next:", "Do one step, then hold", "A few more, then hold"),
    (Verb.RESUME, "Resume", ":material/play_arrow:", "Go on", "Go on where it was"),
    (
        Verb.STOP,
        "Stop",
        ":material/stop:",
        "End here and keep the picture",
        "End here. What is done is kept, and Resume goes on from there",
    ),
)
"""Word, icon and meaning of each, for a picture that grows and for a data set."""


def show(run: Run) -> None:
    """Draw the header; its buttons are dead for others than the owner."""
    session.drawn()
    word, color, icon = words.STATES[run.state]
    is_mine = session.is_mine(run)
    with st.container(horizontal=True, vertical_alignment="center", key="run_header"):
        st.badge(word, icon=icon, color=color)
        st.markdown(f"**{words.plain(run.title)}** · {words.progress(run)}", width="content")
    with st.container(horizontal=True, key="run_buttons"):
        for verb, label, icon, of_picture, of_set in _BUTTONS:
            meaning = of_picture if run.kind in PICTURE_KINDS else of_set
            if _is_shown(verb, run.state):
                st.button(
                    label,
                    icon=icon,
                    key=f"do_{verb}",
                    help=meaning if is_mine else "Only the person who started this run can do so",
                    disabled=not is_mine or not _is_possible(verb, run),
                    on_click=session.command,
                    args=(run.id, verb),
                )
    session.tell_refusals()
    if not is_mine:
        words.note(":material/visibility: You are watching somebody else's run, read-only.")


def _is_shown(verb: Verb, state: RunState) -> bool:
    """The buttons keep their places while the run lives."""
    return state.is_live or (verb is Verb.RESUME and state.is_resumable)


def _is_possible(verb: Verb, run: Run) -> bool:
    """Whether a button has something to do now."""
    return {
        Verb.PAUSE: run.state in (RunState.RUNNING, RunState.QUEUED),
        Verb.STEP: run.state is RunState.PAUSED,
        Verb.RESUME: run.state.is_resumable and run.has_rest,
        Verb.STOP: run.state.is_live,
    }[verb]
