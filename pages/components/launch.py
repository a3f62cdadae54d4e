"""Starting a run and going to where it can be watched."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.components import session
from tfcore.settings import SynthesizeSettings

_PAGE = "pages/synthesize.py"


@dataclass(frozen=True)
class Request:
    """What the form asks for."""

    settings: SynthesizeSettings
    photo: bytes | None = None


def start(request: Request) -> None:
    """Submit a run and show it; its address can be shared."""
    run = session.link().submit(
        request.settings.model_dump(), owner=session.owner(), photo=request.photo
    )
    address = {name: str(value) for name, value in request.settings.changed().items()}
    st.switch_page(_PAGE, query_params={"run": run, **address})


def start_default() -> None:
    """The first ideal cat: every default as it stands."""
    start(Request(SynthesizeSettings()))


def note() -> None:
    """Say honestly how long the first picture takes."""
    if session.link().status().is_ready:
        st.caption("Takes about ten seconds, on this machine, with nothing downloaded.")
    else:
        st.caption("The lab is still waking up; you can press the button now all the same.")
