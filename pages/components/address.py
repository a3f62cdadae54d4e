"""The page's address and the form: only what differs from the recipe's defaults stands there."""

from __future__ import annotations

from typing import Any

import streamlit as st

from tfcore import parsing
from tfcore.errors import UserError
from tfcore.settings import SynthesizeSettings
from tfcore.store.records import Run

_RUN = "run"
_READ = "address.read"


def read(run: Run | None) -> dict[str, Any]:
    """Values for the form's first showing.

    They are read once a visit and a run, so that what a person changes afterwards stands.

    Args:
        run: The run on this page, whose settings count when the address says nothing.
    """
    key = run.id if run else ""
    kept = st.session_state.get(_READ)
    if kept is not None and kept[0] in (key, ""):
        st.session_state[_READ] = (key, kept[1])
        return dict(kept[1])
    given = {name: value for name, value in st.query_params.items() if name != _RUN}
    known = {name: value for name, value in given.items() if name in _fields()}
    values = _checked(known) if known or run is None else _checked(dict(run.settings))
    st.session_state[_READ] = (key, values)
    return dict(values)


def write(settings: SynthesizeSettings) -> None:
    """Put what differs from the defaults into the address; the run's id stays."""
    wanted = query(settings)
    if _RUN in st.query_params:
        wanted[_RUN] = st.query_params[_RUN]
    if wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def query(settings: SynthesizeSettings) -> dict[str, str]:
    """What an address carries of a run: where it differs from its recipe's defaults.

    A photo stays where it is: whoever opens the address adds one.
    """
    return {name: str(value) for name, value in settings.changed().items() if name != "photo"}


def _fields() -> set[str]:
    return set(SynthesizeSettings.model_fields) - {"kind", "photo"}


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """An address that somebody has mangled gives the defaults, with a word about it."""
    wants_photo = values.get("start") == "photo"
    plain = {**values, "start": "noise", "photo": None} if wants_photo else values
    try:
        checked = parsing.parse(plain).model_dump()
    except UserError as error:
        st.warning(f"The address was not understood ({error}); here are the defaults.")
        checked = SynthesizeSettings().model_dump()
    return {**checked, "start": "photo"} if wants_photo else checked
