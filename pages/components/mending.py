"""Two races of Streamlit 1.67 that break pages on a busy server, mended from outside.

On a busy server a visitor's event loop lags behind the threads that draw the pages. When a fragment
renews itself in that gap, a page can stay half drawn, wait for ever, or go blank:

- A run's thread may have ended while its last messages still wait on the loop. A fragment then gets
  a new runner, and whatever the old one had still to say is ignored. Here the fragment waits until
  the end of the last run has been heard of.
- A fragment that begins throws away what an earlier run of it had queued, but not those of its
  messages that are mere references to what the browser has already. They arrive without the block
  that they belong in: "Cannot set a node at a delta path". Here they are thrown away as well; the
  fragment is about to send them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

AGAIN_SECONDS = 0.02
MOST_TRIES = 250
"""Five seconds on an idle loop; one that lags takes longer for each."""

_request_rerun: Callable[[AppSession, Any], None] = AppSession.request_rerun
_clear: Callable[[ForwardMsgQueue, bool, list[str] | None], None] = ForwardMsgQueue.clear


def install() -> None:
    """Mend every session of this server; more calls change nothing."""
    AppSession.request_rerun = request_rerun  # type: ignore[method-assign,assignment]
    ForwardMsgQueue.clear = clear  # type: ignore[method-assign,assignment]


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


def clear(
    queue: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    """What ``ForwardMsgQueue.clear`` does, and no reference outlives the block that it is in.

    Args:
        queue: Messages that have not been sent to the browser.
        retain_lifecycle_msgs: Whether a run begins, and not everything is thrown away.
        fragment_ids_this_run: The fragments that the run is about, None for the whole page.
    """
    gone = _blocks(queue._queue, fragment_ids_this_run or ())
    _clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)
    if gone:
        queue._queue = [message for message in queue._queue if not _is_orphan(message, gone)]


def _blocks(messages: Iterable[ForwardMsg], fragments: Iterable[str]) -> set[tuple[int, ...]]:
    """Places of the blocks that belong to some fragments."""
    wanted = set(fragments)
    return {
        tuple(message.metadata.delta_path)
        for message in messages
        if message.HasField("delta")
        and message.delta.fragment_id in wanted
        and message.delta.WhichOneof("type") == "add_block"
    }


def _is_orphan(message: ForwardMsg, blocks: set[tuple[int, ...]]) -> bool:
    if not message.HasField("ref_hash"):
        return False
    path = tuple(message.metadata.delta_path)
    return any(path[:length] in blocks for length in range(len(path)))
