"""Races of Streamlit 1.67 that break pages on a busy server, mended from outside.

On a busy server a visitor's event loop lags behind the threads that draw the pages. A run's thread
may have ended while its last messages still wait on the loop. A fragment that renews itself in that
gap gets a new runner, and whatever the old one had still to say is ignored: a page stays half
drawn, or waits for ever. Here the fragment waits until the end of the last run has been heard of.

A part of a page may ask for something in the moment in which its page is left. Its fragment's turn
comes when the next page stands already; the run says that it is of the old page, and the browser
clears all that it shows. Or it meets the request for the next page while that waits, and the two
become one, for the old page. Here fragments of a page that was or is being left have no turn.

Another race, about references to messages that the browser is thought to have, is left no ground
in ``.streamlit/config.toml``: no message is replaced by a reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)

AGAIN_SECONDS = 0.02
MOST_TRIES = 250
"""Five seconds on an idle loop; one that lags takes longer for each."""

_request_rerun: Callable[[AppSession, Any], None] = AppSession.request_rerun
_add: Callable[[ScriptRequests, RerunData], bool] = ScriptRequests._request_rerun_locked
_run_script: Callable[[ScriptRunner, RerunData], None] = ScriptRunner._run_script


def install() -> None:
    """Mend every session of this server; more calls change nothing."""
    AppSession.request_rerun = request_rerun  # type: ignore[method-assign,assignment]
    ScriptRequests._request_rerun_locked = add  # type: ignore[method-assign,assignment]
    ScriptRunner._run_script = run_script  # type: ignore[method-assign,assignment]


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


def add(requests: ScriptRequests, wanted: RerunData) -> bool:
    """What ``ScriptRequests`` does, but no fragment turns a page back that is being left.

    Args:
        requests: What a runner has still to do; locked.
        wanted: What comes to it.
    """
    waiting = requests._rerun_data
    is_whole = requests._state is ScriptRequestType.RERUN and not waiting.fragment_id_queue
    if is_whole and _is_fragment(wanted) and _differ(wanted, waiting.page_script_hash):
        return True
    return _add(requests, wanted)


def run_script(runner: ScriptRunner, wanted: RerunData) -> None:
    """What ``ScriptRunner`` does, but no fragment is drawn of a page that was left.

    Args:
        runner: The visitor's.
        wanted: What is to be drawn.
    """
    here = runner._pages_manager.current_page_script_hash
    if not (_is_fragment(wanted) and _differ(wanted, here)):
        _run_script(runner, wanted)


def _is_fragment(wanted: RerunData) -> bool:
    return bool(wanted.fragment_id or wanted.fragment_id_queue)


def _differ(wanted: RerunData, page: str) -> bool:
    """Whether it is of another page; of one that is not named nobody knows."""
    return bool(wanted.page_script_hash and page) and wanted.page_script_hash != page
