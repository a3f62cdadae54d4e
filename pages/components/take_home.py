"""Taking a trained network home: choosing formats, waiting for the files, getting them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.components import session, words
from tfcore import formats, parsing, trained
from tfcore.config import config
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.events import RunState, Verb
from tfcore.formats import Format
from tfcore.store.records import Command, Run

_TICK_SECONDS = 0.4
_FIRST = ("keras", "onnx")
"""The formats that are chosen at first: with them most programs are reached."""
_ASKED, _REFUSED = "take_home.asked", "take_home.refused"
_MOST_LOOKED_AT = 100
_UNDER_WAY = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED, RunState.INTERRUPTED)
_ENDED_OTHERWISE = (RunState.STOPPED, RunState.FAILED)


def show(run: Run) -> None:
    """Draw the part of a page on which a trained network is taken home.

    Args:
        run: A run that has trained a network; nothing is drawn of one that has none to give.
    """
    try:
        trained.about(trained.name_of(run.id))
    except UserError:
        return  # it ended before there was a network, or the network was deleted
    st.subheader(
        "Take it home",
        help="The network as a file for other programs, with preprocessing and probabilities "
        "inside, a list of its classes, a model card, and a program of a few lines that uses it. "
        "Each file is loaded in a fresh process and compared with the lab before you get it.",
    )
    asked, latest = _asked(run.id), _latest(run.id)
    if session.is_mine(run):
        _form(run, is_busy=_is_under_way(asked, latest))
    if asked is not None:
        st.fragment(_pending, run_every=_TICK_SECONDS)(asked.run, was_refused=bool(asked.refusal))
    elif latest is not None:
        is_moving = latest.state.is_live
        st.fragment(_watch, run_every=_TICK_SECONDS if is_moving else None)(latest.id, is_moving)
        files(latest)


def _form(run: Run, *, is_busy: bool) -> None:
    with st.container(key="take_home"):
        chosen = [_checkbox(run, form) for form in formats.FORMATS.values()]
        st.button(
            "Write the files",
            icon=":material/home:",
            type="primary",
            key=f"take_home.go.{run.id}",
            disabled=is_busy or not any(chosen),
            help="Takes about half a minute a file; pictures of others wait meanwhile",
            on_click=_write,
            args=(run.id,),
        )
    refusal = st.session_state.get(_REFUSED, {}).get(run.id)
    if refusal is not None:
        words.complain(refusal)


def _write(head: str) -> None:
    """Ask for the files that are chosen.

    Other parts of the page draw it anew at any moment, which ends what is at work wherever it next
    touches the session. A callback goes before all drawing; what it has asked for is noted in a
    dictionary that it holds already, and a second call for one press finds it there.
    """
    asked: dict[str, str] = st.session_state.setdefault(_ASKED, {})
    refused: dict[str, UserError] = st.session_state.setdefault(_REFUSED, {})
    state, owner, link = st.session_state, session.owner(), session.link()
    names = [name for name in formats.FORMATS if state.get(f"take_home.{name}.{head}")]
    if not names or _is_under_way(_asked(head), _latest(head)):
        return
    refused.pop(head, None)
    try:
        settings = parsing.parse({"kind": "export", "head": head, "formats": ",".join(names)})
        check_memory(settings, config())
    except UserError as error:
        refused[head] = error
        return
    asked[head] = link.submit(settings.model_dump(), owner=owner)


def _checkbox(run: Run, form: Format) -> bool:
    missing = form.missing
    lack = f" Needs {' and '.join(missing)}, not installed here." if missing else ""
    return st.checkbox(
        f"**{form.title}** · {form.meaning}.{lack}",
        value=form.name in _FIRST and not missing,
        disabled=bool(missing),
        key=f"take_home.{form.name}.{run.id}",
    )


def _asked(head: str) -> Command | None:
    """What was asked for last, while the engine has yet to take it, or when it has refused it."""
    asked, store = st.session_state.get(_ASKED, {}).get(head), session.link().store
    if asked is None or store.run(asked) is not None:
        return None
    found = store.submission(asked)
    if found is not None and store.is_handled(found.id) and not found.refusal:
        return None  # it was taken, and the run has been deleted since
    return found


def _is_under_way(asked: Command | None, latest: Run | None) -> bool:
    is_waiting = asked is not None and not asked.refusal
    return is_waiting or (latest is not None and latest.state.is_live)


def _latest(head: str) -> Run | None:
    """The export of a head that was asked for last."""
    store = session.link().store
    # In this order: one that finishes between the two looks is in both, and not in none.
    others = store.runs([*_UNDER_WAY, *_ENDED_OTHERWISE], limit=_MOST_LOOKED_AT)
    found = [
        run
        for run in (*store.finished("export"), *others)
        if run.kind == "export" and run.settings["head"] == head
    ]
    return max(found, key=lambda run: run.created, default=None)


def _pending(asked: str, was_refused: bool) -> None:
    """The engine has not taken the run yet, or refused it."""
    store = session.link().store
    submission = store.submission(asked)
    refusal = submission.refusal if submission is not None else None
    if store.run(asked) is not None or bool(refusal) != was_refused:
        st.rerun()
    if refusal:
        st.error(words.plain(refusal), icon=":material/block:")
    else:
        words.note(f":material/hourglass_empty: {session.link().status().stage} …")


def _watch(run_id: str, was_moving: bool) -> None:
    """An export as it goes, on the page of the network that it is of."""
    run = session.link().store.run(run_id)
    if run is None or run.state.is_live != was_moving:
        st.rerun()
    if not run.state.is_live:
        _ended(run)
        return
    session.drawn()
    body(run, "Waiting for a place …" if run.state is RunState.QUEUED else run.stage)
    if session.is_mine(run):
        st.button(
            "Stop",
            icon=":material/stop:",
            key=f"take_home.stop.{run.id}",
            help="Files that are ready stay",
            on_click=session.command,
            args=(run.id, Verb.STOP),
        )
        session.tell_refusals()


def _ended(run: Run) -> None:
    if run.state is RunState.FAILED:
        st.error(words.plain(run.reason), icon=":material/error:")
    elif run.state is RunState.INTERRUPTED:
        st.warning("The engine ended meanwhile: write the files again.")


def body(run: Run, waiting: str) -> None:
    """How far an export is; nothing of one that has ended.

    Args:
        run: The export.
        waiting: What it waits for; empty while files are made.
    """
    if not run.state.is_live:
        return
    chosen = formats.chosen(str(run.settings["formats"]))
    at = min(run.step, len(chosen) - 1)
    doing = waiting or f"{chosen[at].title} is written, loaded in a fresh process and compared"
    st.progress(at / len(chosen), text=f"File {at + 1} of {len(chosen)} · {doing}")


def files(run: Run) -> None:
    """The files of an export that has ended, each with what was found out about it.

    Stands outside whatever renews itself: a file is read when it is asked for.

    Args:
        run: The export.
    """
    for row in run.summary.get("formats", ()):
        form = formats.FORMATS[row["format"]]
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch", gap="xsmall"):
                st.markdown(f"**{form.title}**")
                words.note(
                    words.plain(_refused(row["reason"])) if row["reason"] else _told(run, row)
                )
            if not row["reason"]:
                _download(run, form, row["megabytes"])


def _download(run: Run, form: Format, megabytes: float) -> None:
    st.download_button(
        f"{megabytes:.1f} MB",
        lambda: session.link().store.artifact(run.id, form.artifact) or b"",
        f"{trained.name_of(str(run.settings['head']))}-{form.name}.zip",
        "application/zip",
        key=f"take_home.{form.name}.{run.id}",
        icon=":material/download:",
        help=f"{form.title}, with labels.txt, a model card and predict.py",
        on_click="ignore",
    )


def _refused(reason: str) -> str:
    """The three parts of a refusal, as errors are said on every page."""
    got, _, rest = reason.removeprefix("got ").partition(", expected ")
    expected, _, fix = rest.partition(", fix: ")
    return f"Not offered: {got} — expected {expected}. {fix}."


def _told(run: Run, row: Mapping[str, Any]) -> str:
    """How far the file's answers are the lab's."""
    photos = f"{row['photos']} photos"
    if not run.summary["are_own_photos"]:
        photos += " that are not of the data set, which is gone"
    if not formats.FORMATS[row["format"]].is_rounded:
        most = f"{row['difference']:.7f}"
        return f"Says what the lab says on {photos}: no probability differs by more than {most}."
    same = round(row["agreement"] * row["photos"])
    text = f"Names the lab's class in {same} of {photos}"
    text += f" (95 % interval {_percent(row['ci_low'])} to {_percent(row['ci_high'])})."
    if row["accuracy"] is None:
        return text
    return (
        f"{text} Right on {_percent(row['accuracy'])} of those with a known class; before rounding "
        f"{_percent(row['accuracy_here'])}."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
