"""Questions to a worker from a page that never stands still: asked once, answered for everybody.

A question waits in a thread that touches no Streamlit. The page is drawn at once, says what it
waits for, looks now and then, and draws itself anew when an answer has come. Answers are kept by
what was asked, the photo by its digest, so that a rerun asks nothing again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

import streamlit as st

from pages.components import session, words, your_photo
from tfcore.photos import StartPhoto

T = TypeVar("T")

_KEPT = 240
"""Answers of a web server; the largest weigh a few hundred kB."""
_LOOK_SECONDS = 0.4
_PENDING = "asking.pending"
_TROUBLES = "asking.troubles"
_HOURGLASS = ":material/hourglass_empty:"

Key = tuple[Hashable, ...]


class Book(Generic[T]):
    """Answers that are there or on their way; safe to use from several threads.

    Args:
        most: How many are kept; the one not asked for longest goes first.

    Example:
        >>> Book(2).ask(("question", 1), lambda: done(7)).result()  # doctest: +SKIP
        7
    """

    def __init__(self, most: int = _KEPT) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[Key, Future[T]] = OrderedDict()

    def ask(self, key: Key, send: Callable[[], Future[T]]) -> Future[T]:
        """The answer to a question; it is sent when nobody has asked it yet, or it came to grief.

        Args:
            key: What is asked, whole.
            send: Sends the question.
        """
        with self._lock:
            known = self._kept.get(key)
            if known is None or (known.done() and (known.cancelled() or known.exception())):
                known = self._kept[key] = send()
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return known


@st.cache_resource(show_spinner=False)
def _book() -> Book[Any]:
    return Book()


def begin() -> None:
    """Call before the first question of a page."""
    st.session_state[_PENDING] = []


def ask(question: Callable[..., T], *details: Hashable) -> T | None:
    """Have one of ``engine.calls`` answered.

    Args:
        question: The function.
        details: What it is told; a ``StartPhoto`` goes as its PNG and is known by its digest.

    Returns:
        The answer; None while it is on its way, or when there will be none, which is told.
    """
    key = (question.__name__, *map(_short, details))
    troubles: dict[Key, BaseException] = st.session_state.setdefault(_TROUBLES, {})
    if key in troubles:
        _tell(key, troubles)
        return None
    link = session.link()
    if not link.status().is_alive:
        st.session_state[_PENDING].append(None)
        _wait()
        return None
    sent = [one.png if isinstance(one, StartPhoto) else one for one in details]
    answer: Future[T] = _book().ask(
        key, lambda: your_photo.pool().submit(link.ask, question, *sent)
    )
    if not answer.done():
        st.session_state[_PENDING].append(answer)
        _wait()
        return None
    error = answer.exception()
    if error is not None:
        troubles[key] = error
        _tell(key, troubles)
        return None
    return answer.result()


def _short(detail: Hashable) -> Hashable:
    return detail.digest if isinstance(detail, StartPhoto) else detail


def _wait() -> None:
    """What is waited for, in words."""
    status = session.link().status()
    words.note(f"{_HOURGLASS} {'Asking the network' if status.is_ready else status.stage} …")


def _tell(key: Key, troubles: dict[Key, BaseException]) -> None:
    """What went wrong, and a way to ask again."""
    your_photo.complain(troubles[key])
    st.button("Ask again", key=f"asking.{hash(key)}", on_click=_forget, args=(key,))


def _forget(key: Key) -> None:
    st.session_state[_TROUBLES].pop(key, None)


def watch() -> None:
    """Call after the last question: draws the page anew when an answer has come."""
    pending: list[Future[Any] | None] = st.session_state.get(_PENDING, [])
    st.fragment(_look, run_every=_LOOK_SECONDS if pending else None)(pending)


def _look(pending: list[Future[Any] | None]) -> None:
    is_alive = session.link().status().is_alive
    if any(is_alive if answer is None else answer.done() for answer in pending):
        st.rerun()
