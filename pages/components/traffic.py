"""Who runs and who waits: the place in the line, the estimated wait, and Home's look at it all."""

from __future__ import annotations

import streamlit as st

from pages.components import places, session, words
from tfcore.engine.queue import Traffic
from tfcore.store.records import Run

_FRESH_SECONDS = 1.0
_TICK_SECONDS = 2.0
_MOST_SHOWN = 3


@st.cache_resource(ttl=_FRESH_SECONDS, show_spinner=False)
def now() -> Traffic:
    """Who runs and who waits, read once a second however many visitors ask."""
    return Traffic.of(session.link().store)


def place(run: Run) -> str:
    """Where a waiting run stands and for how long, in words."""
    found = now().places.get(run.id)
    if found is None:
        return "Getting in line …"
    where = "Next in line" if found.number == 1 else f"Number {found.number} in line"
    return f"{where} · {wait(found.seconds)} …"


def distance(run: Run) -> int:
    """How many others start before a waiting run, as far as is known."""
    found = now().places.get(run.id)
    return found.number - 1 if found is not None else 0


def wait(seconds: float | None) -> str:
    """An estimated wait, as roughly as it is known.

    Example:
        >>> wait(43.2), wait(None)
        ('about 45 s', 'how long is not known yet')
    """
    if seconds is None:
        return "how long is not known yet"
    if seconds < 1:
        return "any moment"
    if seconds < 20:
        return f"about {seconds:.0f} s"
    return f"about {words.seconds(5 * round(seconds / 5))}"


@st.fragment(run_every=_TICK_SECONDS)
def show() -> None:
    """Draw what is running, how many wait, and how long one who joins now would wait."""
    traffic = now()
    store = session.link().store
    with st.container(key="traffic", gap="xsmall"):
        for run in traffic.running[:_MOST_SHOWN]:
            frame = store.frame(run.id)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if frame is not None:
                    st.image(frame.jpeg, width=56, alt=f"{run.title} at step {frame.step}")
                word, color, icon = words.STATES[run.state]
                st.badge(word, color=color, icon=icon)
                st.page_link(
                    places.page_of(run.kind),
                    label=words.plain(run.title),
                    query_params={"run": run.id},
                )
                st.markdown(f":small[{words.progress(run)}]", width="content")
        words.note(crowd(traffic))


def crowd(traffic: Traffic) -> str:
    """How full it is, in a sentence."""
    waiting = len(traffic.places)
    if not traffic.running and not waiting:
        return ":material/bolt: Nobody is in line: your picture would be the next."
    said = {0: "Nobody waits", 1: "1 run waits"}.get(waiting, f"{waiting} runs wait")
    return f":material/group: {said}. Joining now, you would wait at most: {wait(traffic.joining)}."
