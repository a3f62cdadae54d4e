"""What every page shares: the way to the engine, and who the visitor is."""

from __future__ import annotations

import atexit
import gc
import importlib
import threading
from collections.abc import Mapping

import streamlit as st

from pages.components import identity, mending, words
from pages.components.watch import Watch
from tfcore.config import config
from tfcore.engine.link import EngineLink, EngineStatus
from tfcore.events import Verb
from tfcore.store.records import Run
from tfcore.store.runs import owner_digest

_OWNER = "owner"
_ASKED = "asked"
_PRESSED = "pressed"
BEAT_SECONDS = 4.0
"""How often a page says that it is there, and how the engine is."""
STATUS_SECONDS = 0.4
TIDY_SECONDS = 10.0


@st.cache_resource(show_spinner=False)
def link() -> EngineLink:
    """The one way to the engine of this web server."""
    mending.install()
    made = EngineLink(config())
    atexit.register(made.close)
    threading.Thread(target=_settle, daemon=True, name="settle").start()
    return made


def _settle() -> None:
    """Load what Streamlit's widgets load with the first of them, two seconds of a first visitor's.

    What is loaded then stays for good; not looking at it again makes a collection about five times
    cheaper.
    """
    importlib.import_module("pandas")
    gc.collect()
    gc.freeze()


def begin() -> None:
    """Start the engine when there is none, and learn who the visitor is."""
    _watch().somebody_is_here()
    st.session_state[_OWNER] = identity.owner_token()
    drawn()


def owner() -> str:
    """The visitor's secret token."""
    return str(st.session_state[_OWNER])


def visitor() -> str:
    """Digest of the visitor's token, as runs carry it; empty as long as nobody is known."""
    token = st.session_state.get(_OWNER)
    return owner_digest(str(token)) if token else ""


def is_mine(run: Run) -> bool:
    """Whether the visitor may command a run."""
    return run.owner == owner_digest(owner())


def drawn() -> None:
    """Say that the buttons are being drawn anew: from now on each press is a new one."""
    st.session_state[_PRESSED] = []


def command(run: str, verb: Verb, changes: Mapping[str, float] | None = None) -> None:
    """Ask something of a run; a refusal is shown when it comes.

    Streamlit may call the callback of one press twice, when another rerun is asked for while the
    first call is at work. Nothing is drawn in between, and that is how the second call is known.
    """
    press = (run, verb, dict(changes or {}))
    pressed = st.session_state.setdefault(_PRESSED, [])
    if press in pressed:
        return
    pressed.append(press)
    number = link().command(run, verb, changes, owner=owner())
    st.session_state.setdefault(_ASKED, []).append(number)


def tell_refusals() -> None:
    """Say why something that was asked for was not done."""
    waiting = []
    for number in st.session_state.get(_ASKED, []):
        refusal = link().store.refusal(number)
        if refusal:
            st.toast(refusal, icon=":material/block:")
        elif not link().store.is_handled(number):
            waiting.append(number)
    st.session_state[_ASKED] = waiting


@st.cache_resource(show_spinner=False)
def _watch() -> Watch:
    """Who looks after the engine while pages are open."""
    made = Watch(link())
    atexit.register(made.close)  # before the link is closed, which was registered first
    return made


@st.cache_resource(ttl=STATUS_SECONDS, show_spinner=False)
def _status() -> EngineStatus:
    """How the engine is, read once for all who look at the same moment."""
    return link().status()


@st.cache_resource(ttl=TIDY_SECONDS, show_spinner=False)
def _tidy() -> int:
    """Collect garbage, once for all visitors: pictures of past ticks must not pile up."""
    return gc.collect()


@st.fragment(run_every=BEAT_SECONDS)
def heartbeat() -> None:
    """Say that somebody is here, and how the engine is."""
    _tidy()
    _watch().somebody_is_here()
    status = _status()
    if status.is_ready:
        words.note(":material/check_circle: The engine is ready.")
    else:
        words.note(f":material/hourglass_empty: Getting the engine ready: {status.stage} …")
