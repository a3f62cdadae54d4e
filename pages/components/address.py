"""The page's address and the form: only what differs from the recipe's defaults stands there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from tfcore import parsing
from tfcore.errors import UserError
from tfcore.settings import KINDS, RunSettings
from tfcore.store.records import Run

_RUN = "run"
_KEPT = (_RUN, "beside")
"""What the address says beyond the settings of a run."""
_READ = "address.read"
_ADDRESS = "The address was not understood"
_RUN_SAYS = "This run's settings cannot be used again"


def read(
    run: Run | None, kind: str = "synthesize", *, base: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Values for the form's first showing.

    They are read once a visit and a run, so that what a person changes afterwards stands.

    Args:
        run: The run on this page, whose settings count when the address says nothing.
        kind: The kind of run that the page is about.
        base: What a run of this kind cannot do without, where the address says nothing.
    """
    key = run.id if run else ""
    place = f"{_READ}.{kind}"
    kept = st.session_state.get(place)
    if kept is not None and kept[0] in (key, ""):
        return _told(place, (key, *kept[1:]))
    given = {name: value for name, value in st.query_params.items() if name not in _KEPT}
    known = {name: value for name, value in given.items() if name in _fields(kind)}
    asked = known if known or run is None else dict(run.settings)
    values, trouble = _checked(asked, kind, dict(base or {}), _ADDRESS if known else _RUN_SAYS)
    return _told(place, (key, values, trouble))


def forget(kind: str) -> None:
    """Let the form of a kind of run read its address anew, as whoever leads there must."""
    st.session_state.pop(f"{_READ}.{kind}", None)


def write(settings: RunSettings) -> None:
    """Put what differs from the defaults into the address; the run stays."""
    wanted = query(settings)
    wanted |= {name: st.query_params[name] for name in _KEPT if name in st.query_params}
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def query(settings: RunSettings) -> dict[str, str]:
    """What an address carries of a run: where it differs from its recipe's defaults.

    A photo stays where it is: whoever opens the address adds one.
    """
    return {name: str(value) for name, value in settings.changed().items() if name != "photo"}


def _fields(kind: str) -> set[str]:
    return set(KINDS[kind].model_fields) - {"kind", "photo"}


def _told(place: str, read: tuple[str, dict[str, Any], str]) -> dict[str, Any]:
    """Keep what was read; what was wrong with it stays in sight as long as the page does."""
    st.session_state[place] = read
    if read[2]:
        st.warning(read[2])
    return dict(read[1])


def _checked(
    values: dict[str, Any], kind: str, base: dict[str, Any], what: str
) -> tuple[dict[str, Any], str]:
    """An address that somebody has mangled gives the defaults, and a word about it."""
    wants_photo = values.get("start") == "photo"
    plain = {**values, "start": "noise", "photo": None} if wants_photo else values
    trouble = ""
    try:
        checked = parsing.parse({"kind": kind, **base, **plain}).model_dump()
    except UserError as error:
        trouble = f"{what} ({error}); here are the defaults."
        checked = parsing.parse({"kind": kind, **base}).model_dump()
    if wants_photo:
        checked["start"] = "photo"
    return checked, trouble
