"""Starting a run and going to where it can be watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.components import address, places, session, words
from tfcore import parsing
from tfcore.config import config
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.settings import AnySettings, SynthesizeSettings


@dataclass(frozen=True)
class Request:
    """What the form asks for."""

    settings: AnySettings
    photo: bytes | None = None


def start(request: Request) -> None:
    """Submit a run and show it; its address can be shared."""
    run = session.link().submit(
        request.settings.model_dump(), owner=session.owner(), photo=request.photo
    )
    said = address.query(request.settings)
    page = places.page_of(request.settings.kind)
    st.switch_page(page, query_params={"run": run, **said})


def attempt(values: Mapping[str, Any]) -> None:
    """Start a run that needs no photo, or say in a sentence why it cannot be.

    Args:
        values: Field names to values; ``kind`` says which kind of run is meant.
    """
    try:
        settings = parsing.parse(values)
        check_memory(settings, config())
    except UserError as error:
        words.complain(error)
        return
    start(Request(settings))


def start_default() -> None:
    """The first ideal cat: every default as it stands."""
    start(Request(SynthesizeSettings()))


def note() -> None:
    """Say honestly how long it takes: as long as the last one did on this machine."""
    if session.link().status().is_ready:
        runs = session.link().store.runs([RunState.FINISHED], limit=50)
        plain = SynthesizeSettings().model_dump()
        took = next((run.seconds for run in runs if {**run.settings, "seed": 0} == plain), None)
        said = f" The last one took {words.seconds(took)} here." if took else ""
        words.note(f"Nothing has to be downloaded.{said}")
    else:
        words.note("The lab is still waking up; you can press the button now all the same.")
