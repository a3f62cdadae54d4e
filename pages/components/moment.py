"""One moment of a run: its picture, the words on it, and what the network sees in it."""

from __future__ import annotations

import streamlit as st

from pages.components import bars, picture, session, sheet, words
from tfcore import images, targets
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.store import export
from tfcore.store.records import Run, StoredFrame


def image(run: Run, frame: StoredFrame | None) -> bytes | None:
    """The encoded picture: of the end of a finished run the one that is kept, without loss."""
    if frame is None:
        return None
    if run.state is RunState.FINISHED and frame.step == run.step:
        return session.link().store.artifact(run.id, "image.png") or small(run, frame)
    return small(run, frame)


def small(run: Run, frame: StoredFrame) -> bytes:
    """The picture of a frame; of an attack's, without the change beside it."""
    if not export.shows_change(run):
        return frame.jpeg
    return images.to_jpeg(images.pieces(images.decode(frame.jpeg), 2)[0])


def change(run: Run) -> bytes | None:
    """The amplified change of an attack that has ended; None of other runs."""
    return _change(run.id, run.step, run)


@st.cache_data(max_entries=32, show_spinner=False)
def _change(run: str, step: int, _record: Run) -> bytes | None:
    """Decoding and encoding take longer than a tick may; what has ended keeps its change."""
    return export.perturbation_png(session.link().store, _record)


def captions(run: Run, frame: StoredFrame | None) -> list[picture.Cell]:
    """What stands on each picture of a what-if run; nothing on that of a plain run."""
    these = sheet.cells(run)
    if not these or frame is None:
        return []
    store = session.link().store
    rows = store.metrics_after(run.id, frame.step - 1, limit=1)
    return sheet.overlay(run, these, frame, rows, store.marks(run.id))


def seen(run: Run, frame: StoredFrame | None) -> list[bars.Bar]:
    """The likeliest classes; of a what-if run, the likeliest of each picture."""
    these = sheet.cells(run)
    if these:
        return sheet.guesses(these, frame)
    target, network = target_name(run), str(run.settings["network"])
    named = [
        (words.class_name(network, index), value) for index, value in (frame.top5 if frame else ())
    ]
    return [bars.Bar(name, value, highlight=name == target) for name, value in named]


def target_name(run: Run) -> str:
    """What the run aims at, as people read it; an ended run, maybe of a network gone, knows it."""
    said = run.summary.get("target")
    if said:
        return str(said)
    asked = str(run.settings["target"])
    try:
        return targets.resolve(asked, str(run.settings["network"])).name
    except UserError:
        return asked  # its network is gone
