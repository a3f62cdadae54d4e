"""A tick that comes while the last run of the page is still being sent waits for its end.

A script run's thread may have ended while its last elements still wait on the server's event loop.
If a fragment asks to be renewed at that moment, Streamlit 1.67 starts a new runner for it and from
then on ignores whatever the old one had still to say: elements of the page, and that it is done. On
a busy server, where the loop lags behind, pages then stay half drawn, wait for ever, or go blank
("Cannot set a node at a delta path"). Such a request is handed in again a little later instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

AGAIN_SECONDS = 0.02
MOST_TRIES = 250
"""Five seconds on an idle loop; one that lags takes longer for each."""

_original: Callable[[AppSession, Any], None] = AppSession.request_rerun


def install() -> None:
    """Let every session of this server have patience; more calls change nothing."""
    AppSession.request_rerun = request_rerun  # type: ignore[method-assign,assignment]


def request_rerun(session: AppSession, client_state: Any, tries: int = 0) -> None:
    """What ``AppSession.request_rerun`` does, but a fragment lets the last run finish.

    Args:
        session: The visitor's session.
        client_state: What the browser asks for, or None.
        tries: How often this was put off already.
    """
    is_fragment = client_state is not None and bool(client_state.fragment_id)
    if is_fragment and tries < MOST_TRIES and _has_more_to_say(session):
        session._event_loop.call_later(
            AGAIN_SECONDS, request_rerun, session, client_state, tries + 1
        )
        return
    _original(session, client_state)


def _has_more_to_say(session: AppSession) -> bool:
    """Whether the last runner takes no more requests but its end has not been heard of yet."""
    runner = session._scriptrunner
    return runner is not None and runner._requests._state is ScriptRequestType.STOP
