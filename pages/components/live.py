"""A run as it goes: picture, curves, what the network sees, film strip; then the time slider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from pages.components import (
    bars,
    curves,
    explored,
    extracted,
    filmstrip,
    fooled,
    header,
    history,
    keep,
    knobs,
    moment,
    pair,
    picture,
    pieces,
    quantities,
    scanned,
    session,
    sheet,
    take_home,
    taught,
    traffic,
    trail,
    unfolded,
    verdict,
    words,
)
from tfcore.events import RunState
from tfcore.settings import PICTURE_KINDS
from tfcore.store.records import Run, StoredFrame

TICK_SECONDS = 0.4
PATIENT_SECONDS = 3.0
"""Between two looks at a run that waits for others: a class of thirty would keep the server busy
with looking."""
FAR, FAR_SECONDS = 5, 6.0
"""With so many before it, between two looks; and at an ended run that has yet to be judged."""


def empty(button: str) -> None:
    """What the page shows before the first run.

    Args:
        button: What has to be pressed.
    """
    picture.show(
        "picture",
        None,
        alt="No picture yet",
        placeholder=f"Press “{button}” and watch it appear here.",
    )


def show(run_id: str) -> None:
    """Show a run; while it lives, the view renews itself."""
    run = session.link().store.run(run_id)
    if run is None:
        _pending(run_id)
        return
    phase = _phase(run)
    st.fragment(_view, run_every=phase.interval)(run_id, phase)
    # Not in the view, which may go on renewing itself while other networks are asked: a file that
    # is made when it is asked for is gone when its button is drawn anew.
    if run.kind in taught.KINDS:
        taught.show(run)
        return
    if run.kind not in PICTURE_KINDS:
        if run.kind == "scan" and run.state is RunState.FINISHED:
            scanned.downloads(run)
            extracted.ask(run)
        elif run.kind == "extract" and run.state is RunState.FINISHED:
            extracted.teach(run)
            explored.show(run)
        elif unfolded.is_shown(run):
            explored.show(run)
            unfolded.past(run)
        elif run.kind == "export" and not run.state.is_live:
            take_home.files(run)
        return
    keep.downloads(run)
    pair.link(run)


class _Phase(NamedTuple):
    """What the page around the view depends on: when it changes, all is drawn anew.

    Attributes:
        is_live: Whether the run has not ended.
        interval: Seconds after which the view looks again by itself; None when nothing can change
            without the visitor.
    """

    is_live: bool
    interval: float | None


def _phase(run: Run) -> _Phase:
    if run.state is RunState.QUEUED:
        before = traffic.distance(run)
        patience = FAR_SECONDS if before >= FAR else PATIENT_SECONDS
        return _Phase(True, patience if before else TICK_SECONDS)
    if run.state.is_live or session.link().store.open_commands(run.id):
        return _Phase(run.state.is_live, TICK_SECONDS)
    return _Phase(False, None if run.is_settled else FAR_SECONDS)


@st.fragment(run_every=TICK_SECONDS)
def _pending(run_id: str) -> None:
    """The engine has not taken the run yet, or refused it, or nobody ever asked for it."""
    store = session.link().store
    if store.run(run_id) is not None:
        st.rerun()
    submission = store.submission(run_id)
    if submission is None:
        st.warning("There is no such run: it was deleted, or the address has a typo.")
    elif submission.refusal:
        st.error(submission.refusal, icon=":material/block:")
    else:
        picture.show(
            "picture",
            None,
            alt="Waiting for the engine",
            placeholder=f"{session.link().status().stage} …",
        )


def _view(run_id: str, phase: _Phase) -> None:
    """The same parts in the same order, live and at rest."""
    store = session.link().store
    run = store.run(run_id)
    if run is None or _phase(run) != phase:
        st.rerun()
    header.show(run)
    if run.state is RunState.FAILED:
        st.error(run.reason, icon=":material/error:")
    if run.state is RunState.INTERRUPTED:
        st.warning("The engine ended while this run went on. Resume continues it exactly there.")
    trail.show(run)
    if run.kind in taught.KINDS:
        taught.body(run, _waiting(run))
        return
    if run.kind == "extract":
        extracted.body(run, _waiting(run))
        return
    if run.kind == "export":
        take_home.body(run, _waiting(run))
        return
    if unfolded.is_shown(run):
        return
    if run.kind == "map":
        unfolded.body(run, store.frame(run_id), _waiting(run), _nothing_yet(run))
        return
    if run.kind == "scan":
        scanned.body(run, store.frame(run_id), _waiting(run), _nothing_yet(run))
        return
    steps = [] if run.state.is_live else store.frame_steps(run_id)
    step = history.chosen(run, steps) if steps else None
    frame = store.frame(run.id, step)
    cells = sheet.cells(run)
    if run.kind == "attack" and not cells:
        words_for = _waiting(run), _nothing_yet(run)
        fooled.body(run, frame, *words_for, lambda: _curves(run, step, cells))
    else:
        _grown(run, frame, step, cells)
    _film(run, step, sheet.outline(len(cells)))
    if steps:
        history.slider(run, steps)
    pieces.show(run, cells)


def _grown(
    run: Run, frame: StoredFrame | None, step: int | None, cells: Sequence[sheet.Cell]
) -> None:
    """The middle of the page: picture or sheet, what is seen in it, and the curves."""
    if cells:
        _picture(run, frame, cells)
    left, right = st.columns([1, 1.15] if cells else [1.15, 1], gap="medium")
    with left:
        if not cells:
            _picture(run, frame)
        if run.state.is_live and session.is_mine(run):
            knobs.live(run)
        if cells:
            bars.show("bars", moment.seen(run, frame), title="The best guess in each picture")
        else:
            keep.opinions(run)
    with right:
        _curves(run, step, cells)
        if not cells:
            bars.show("bars", moment.seen(run, frame))
    if cells and run.kind == "attack":
        verdict.compare(run, [cell.caption for cell in cells])
    if cells:
        pieces.opinions(run, cells)


def _picture(run: Run, frame: StoredFrame | None, cells: Sequence[sheet.Cell] = ()) -> None:
    waiting = _waiting(run)
    picture.show(
        "picture",
        moment.image(run, frame),
        alt=f"Ideal picture of {run.title} at step {frame.step if frame else 0}",
        placeholder=waiting or _nothing_yet(run),
        badge=waiting,
        step=frame.step if frame else None,
        state=run.state,
        caption=sheet.legend(run, cells[0]) if cells and frame is not None else "",
        cells=moment.captions(run, frame),
    )


def _nothing_yet(run: Run) -> str:
    """What stands where no picture is."""
    if run.state.is_live:
        return "The first picture is on its way …"
    return f"This run {words.STATES[run.state][0]} before its first picture."


def _waiting(run: Run) -> str:
    """What a run that does not move waits for; empty when it moves."""
    if run.state is RunState.QUEUED:
        return traffic.place(run)
    return f"{run.stage} …" if run.stage and run.state.is_live else ""


def _curves(run: Run, step: int | None, cells: Sequence[sheet.Cell]) -> None:
    store = session.link().store
    since = curves.since("curves", run.id)
    rows = store.metrics_after(run.id, since) if since else store.metrics_overview(run.id)
    names = sorted({name for _, values in rows for name in values} - set(quantities.NOT_DRAWN))
    before = {
        name: float(value)
        for name, value in run.settings.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    marks = []
    for mark in store.marks(run.id):
        marks.append(curves.Mark(mark.step, words.changes(before, mark.changes)))
        before |= mark.changes
    update = curves.CurveUpdate(
        run=run.id,
        since=since,
        steps=[at for at, _ in rows],
        series={name: [v.get(name, float("nan")) for _, v in rows] for name in names},
        marks=marks,
        cursor=step,
        target=moment.target_name(run),
    )
    curves.show("curves", sheet.curve_update(update, cells, rows) if cells else update)


def _film(run: Run, step: int | None, outline: str) -> None:
    frames = history.film(run, filmstrip.since("film", run.id))
    picked = filmstrip.show("film", frames, selected=step, run=run.id, outline=outline)
    if picked is not None and step is not None:
        history.choose(run, picked, step)
