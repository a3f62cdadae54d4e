"""A race of Streamlit 1.67 that breaks pages on a busy server, mended from outside.

On a busy server a visitor's event loop lags behind the threads that draw the pages. A run's thread
may have ended while its last messages still wait on the loop. A fragment that renews itself in that
gap gets a new runner, and whatever the old one had still to say is ignored: a page stays half
drawn, or waits for ever. Here the fragment waits until the end of the last run has been heard of.

A second race, about references to messages that the browser is thought to have, is left no ground
in ``.streamlit/config.toml``: no message is replaced by a reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

AGAIN_SECONDS = 0.02
MOST_TRIES = 250
"""Five seconds on an idle loop; one that lags takes longer for each."""

_request_rerun: Callable[[AppSession, Any], None] = AppSession.request_rerun


def install() -> None:
    """Mend every session of this server; more calls change nothing."""
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
    _request_rerun(session, client_state)


def _has_more_to_say(session: AppSession) -> bool:
    """Whether the last runner takes no more requests but its end has not been heard of yet."""
    runner = session._scriptrunner
    return runner is not None and runner._requests._state is ScriptRequestType.STOP
