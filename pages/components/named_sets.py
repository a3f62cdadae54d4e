"""Data sets that are downloaded by name: what each is and costs, before anything starts."""

from __future__ import annotations

import shutil

import streamlit as st

from pages.components import session, words
from tfcore.config import config
from tfcore.datasets import named, published
from tfcore.datasets.published import NamedSet
from tfcore.errors import UserError
from tfcore.events import RunState

_FAST, _SLOW = 100, 10  # lines, in megabits a second
_LIVE = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)


def show(given: str) -> str:
    """Let a person choose a set, and say what it is, what it takes and what may be done with it.

    Args:
        given: The set that is chosen at first.

    Returns:
        The chosen set's name.
    """
    names = published.names()
    name = str(
        st.radio(
            "Which",
            names,
            index=names.index(given) if given in names else 0,
            format_func=lambda one: published.get(one).title,
            key="scan.named",
        )
    )
    with st.container(border=True, key="named_set"):
        _about(published.get(name))
    return name


def is_here(data: str) -> bool:
    """Whether a data set needs no download."""
    return data not in published.names() or named.is_here(data, config())


def _about(row: NamedSet) -> None:
    words.note(f"**{row.photos:,} photos.** {row.about}")
    words.note(
        f":material/license: Licence: [{words.plain(row.licence)}]({row.licence_url}) · "
        f"[publisher's page]({row.home})"
    )
    if named.is_here(row.name, config()):
        taken = named.megabytes(_size(row.name, named.folder(row.name, config()).stat().st_mtime))
        words.note(f":material/check_circle: **On this machine: {taken}.** Nothing is downloaded.")
        _delete(row, taken)
        return
    begun = named.begun(row.name, config())
    left = row.size - begun
    if left:
        words.note(
            f":material/download: **Downloads {named.megabytes(left)} first**: "
            f"{_time(left, _FAST)} at {_FAST} Mbit/s, {_time(left, _SLOW)} at {_SLOW}. "
            "Stop ends it; the next run goes on from there."
        )
    else:
        words.note(":material/unarchive: **Downloaded**; what is left is to unpack it.")
    free = shutil.disk_usage(config().data).free
    words.note(
        f":material/hard_drive: Needs {(left + row.unpacked) / 1e9:.1f} GB of room while it is "
        f"unpacked and about {row.unpacked / 1e9:.1f} GB afterwards; {free / 1e9:,.1f} GB are free."
    )
    if begun:
        taken = named.megabytes(begun)
        words.note(f":material/downloading: {taken} are here from a download that was stopped.")
        _delete(row, taken)


def _time(count: int, megabits: int) -> str:
    return words.seconds(8 * count / megabits / 1e6)


def _delete(row: NamedSet, taken: str) -> None:
    """Give the room back; asked twice, because it takes long to get the set again."""
    if config().demo:
        return
    with st.popover("Delete", icon=":material/delete:", key=f"named.delete.{row.name}"):
        used = _is_used(row.name)
        st.markdown(
            f"Delete {row.title} from this machine? That gives back {taken}. Features that were "
            "computed are kept; to see its photos again it must be downloaded again."
        )
        if used:
            words.note("A run is at work on it: stop that one first.")
        if st.button(
            f"Delete {taken}",
            key=f"named.delete.yes.{row.name}",
            type="primary",
            icon=":material/delete:",
            disabled=used,
        ):
            _throw_away(row.name)


def _is_used(name: str) -> bool:
    """Whether a run that has not ended reads the photos of a set."""
    store = session.link().store
    for run in store.runs(_LIVE, limit=None):
        scan = store.run(str(run.settings.get("scan", "")))
        if name in (run.settings.get("data"), scan.settings.get("data") if scan else None):
            return True
    return False


def _throw_away(name: str) -> None:
    try:
        with st.spinner("Deleting …"):
            named.delete(name, config())
    except UserError as error:
        words.complain(error)
    except OSError as error:
        words.complain(
            UserError(
                f"a folder that cannot be deleted ({error.strerror or error})",
                "one that may be written to",
                "delete it by hand",
            )
        )
    else:
        st.rerun()


@st.cache_data(max_entries=16, show_spinner=False)
def _size(name: str, changed: float) -> int:
    """Measured once: it asks of each of 25,000 files.

    Args:
        name: The set.
        changed: When its folder appeared: a set that came again is measured again.
    """
    return named.size(name, config())
