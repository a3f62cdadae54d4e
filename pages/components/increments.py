"""Send a part only what it has not seen: the Python half of ``frontend/accumulate.js``.

The browser keeps what it was sent; a tick sends what came after. Messages can be lost (Streamlit
drops a message that a newer one for the same place overtakes) and a part can be mounted afresh
with nothing in memory. The browser notices that the steps do not join and asks for a refill; then
``since`` says 0 once and everything is sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class _Sent:
    """What one part has been sent: of which run, and up to which steps."""

    run: str
    last: int
    before: int


def since(key: str, run: str) -> int:
    """Step after which a part wants its points.

    One message back is sent again, so that a single lost message costs nothing.

    Args:
        key: Key of the part.
        run: Identifier of the run that is to be shown.

    Returns:
        The step that came before the first one to send; 0 sends everything.

    Example:
        >>> since("curves", "run-1")  # doctest: +SKIP
        0
    """
    sent = st.session_state.get(_name(key))
    # Read by attribute: after a hot reload the class of a stored value is an older one.
    return sent.before if sent is not None and sent.run == run else 0


def record(key: str, run: str, last: int) -> None:
    """Note that a part has been sent everything up to ``last``.

    Args:
        key: Key of the part.
        run: Identifier of the run shown.
        last: Last step sent.
    """
    sent = st.session_state.get(_name(key))
    if sent is None or sent.run != run:
        st.session_state[_name(key)] = _Sent(run, last, 0)
    elif last > sent.last:
        st.session_state[_name(key)] = _Sent(run, last, sent.last)


def forget(key: str) -> Callable[[], None]:
    """Return a callback that makes ``since`` start again from 0."""

    def callback() -> None:
        st.session_state.pop(_name(key), None)

    return callback


def _name(key: str) -> str:
    return f"{key}.sent"
