"""Bounded waiting for things that tell nobody when they happen."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

_PAUSE = threading.Event()
"""Never set: waiting on it is a pause that Ctrl-C can break."""


class WaitTimeoutError(AssertionError):
    """A condition did not come true in time; the message says which, and what was seen last."""


def until(
    check: Callable[[], Value | None], *, seconds: float, what: str, every: float = 0.05
) -> Value:
    """Ask `check` again and again until its answer is true, and return that answer.

    An `AssertionError` or `OSError` of the check counts as "not yet"; the last one is named when
    time runs out. The check is always asked at least once, and once more at the deadline.
    """
    deadline = time.monotonic() + seconds
    last: object = None
    while True:
        expired = time.monotonic() >= deadline
        try:
            answer = check()
        except (AssertionError, OSError) as problem:
            last = problem
        else:
            if answer:
                return answer
            last = answer
        if expired:
            raise WaitTimeoutError(f"waited {seconds:g} s for {what}; last seen: {last!r}")
        _PAUSE.wait(every)
