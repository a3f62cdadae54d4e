"""Where orders wait for the run they are meant for, inside a worker."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from types import TracebackType

from tfcore.events import Order


class Mailbox:
    """Orders for one run, each taken once however often it is announced.

    An order is announced when it is given and again whenever the run starts anew, so that a Stop
    pressed early is not lost; the command's number keeps it from acting twice.
    """

    def __init__(self, run: str, attempt: int = 0) -> None:
        self.run, self.attempt = run, attempt
        self._orders: deque[Order] = deque()
        self._seen: set[int] = set()
        self._arrived = threading.Condition()

    def post(self, order: Order) -> None:
        """Add an order unless it was seen before or is meant for another attempt."""
        if order.attempt not in (0, self.attempt):
            return
        with self._arrived:
            if order.command not in self._seen:
                self._seen.add(order.command)
                self._orders.append(order)
                self._arrived.notify_all()

    def poll(self) -> Order | None:
        """The next order, or None at once."""
        with self._arrived:
            return self._orders.popleft() if self._orders else None

    def first(self, verb: str) -> Order | None:
        """The first order of this kind that waits, left where it is; None without one."""
        with self._arrived:
            return next((order for order in self._orders if order.verb == verb), None)

    def wait(self) -> Order:
        """The next order, however long it takes."""
        with self._arrived:
            self._arrived.wait_for(lambda: bool(self._orders))
            return self._orders.popleft()

    def __enter__(self) -> Mailbox:
        with _LOCK:
            _OPEN[self.run].append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _LOCK:
            _OPEN[self.run].remove(self)
            if not _OPEN[self.run]:
                del _OPEN[self.run]


_LOCK = threading.Lock()
_OPEN: defaultdict[str, list[Mailbox]] = defaultdict(list)
"""Several of one run when its shards are computed side by side."""


def is_busy() -> bool:
    """Whether a run is at work in this process, or waits for it to be ready."""
    with _LOCK:
        return bool(_OPEN)


def deliver(order: Order) -> None:
    """Put an order into its run's mailboxes; without one it is not for this worker."""
    with _LOCK:
        mailboxes = list(_OPEN.get(order.run, ()))
    for mailbox in mailboxes:
        mailbox.post(order)
