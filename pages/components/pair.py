"""Choosing two runs that have ended; the address names them, so that a comparison can be shared."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from pages.components import session, words
from tfcore.events import RunState
from tfcore.settings import PICTURE_KINDS
from tfcore.store.comparison import best_partner
from tfcore.store.records import Run

_PAGE = "pages/compare.py"
_SIDES = ("a", "b")
NAMES = ("Left", "Right")
_ENDED = (RunState.FINISHED, RunState.STOPPED)
_MOST = 60
_SEEN = "pair.seen"


def link(run: Run, label: str = "Compare with …") -> None:
    """Draw the way to the page Compare, with a run on its left side that has left a picture."""
    is_picture = run.kind in PICTURE_KINDS and run.state in _ENDED
    if is_picture and session.link().store.frame(run.id) is not None:
        st.page_link(_PAGE, label=label, icon=":material/compare:", query_params={"a": run.id})


def choose() -> tuple[Run, Run] | None:
    """Draw the two pickers.

    Returns:
        Left and right run; None as long as there are not two, and then the page says what to do.
    """
    store = session.link().store
    ended = store.runs(_ENDED, limit=_MOST)
    runs = {run.id: run for run in ended if run.kind in PICTURE_KINDS}
    asked = {side: st.query_params.get(side, "") for side in _SIDES}
    for wanted in filter(None, asked.values()):
        found = runs.get(wanted) or store.run(wanted)
        if found is None or found.state not in _ENDED or found.kind not in PICTURE_KINDS:
            st.warning(
                "A run of this address has not ended yet, was deleted, or has a typo; "
                "here are others."
            )
        else:
            runs[wanted] = found
    if len(runs) < len(_SIDES):
        _empty(len(runs))
        return None
    if st.session_state.get(_SEEN) != asked:  # a link was followed: it counts more than the past
        left = runs.get(asked["a"]) or next(iter(runs.values()))
        right = runs.get(asked["b"])
        if right is None or right.id == left.id:
            right = best_partner(left, runs.values())
        st.session_state[_key("a")] = left.id
        st.session_state[_key("b")] = right.id if right else left.id
    columns = st.columns(len(_SIDES), gap="medium")
    for side, name, column in zip(_SIDES, NAMES, columns, strict=True):
        with column:
            _picker(side, name, runs)
    chosen = {side: str(st.session_state[_key(side)]) for side in _SIDES}
    st.session_state[_SEEN] = chosen
    if st.query_params.to_dict() != chosen:
        st.query_params.from_dict(chosen)
    return runs[chosen["a"]], runs[chosen["b"]]


def _picker(side: str, name: str, runs: dict[str, Run]) -> None:
    st.selectbox(
        name,
        list(runs),
        key=_key(side),
        format_func=lambda run: describe(runs[run]),
    )


def describe(run: Run) -> str:
    """A run in one line, what tells it from others first: narrow pickers cut the end off.

    The browser tells options apart by their text alone, so the run's id stands at the end.
    """
    target, _, network = run.title.partition(" · ")
    probability = run.summary.get("probability_png")
    parts = [target, f"{words.way(run)}, {run.step:,} steps"]
    if probability is not None:
        parts.append(words.percent(probability))
    parts += [f"seed {run.settings['seed']}", network]
    parts.append(datetime.fromtimestamp(run.created, UTC).strftime("%d %b %H:%M UTC"))
    parts.append(run.id)
    return " · ".join(parts)


def _empty(count: int) -> None:
    have = "No run has" if count == 0 else "Only one run has"
    st.info(
        f"{have} ended here so far; a comparison needs two. Grow a picture, then grow it again "
        "with one setting changed, such as the variation loss.",
        icon=":material/compare:",
    )
    st.page_link(
        "pages/synthesize.py",
        label="Grow the first picture" if count == 0 else "Grow another picture",
        icon=":material/auto_awesome:",
    )


def _key(side: str) -> str:
    return f"pair.{side}"
