"""Somebody looks at a page: the engine is kept alive, once for all who look.

Pages only say that they are there; one thread does the rest. Thirty open pages that each looked
after the engine every second and a half were most of a busy server's work.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time

from tfcore.engine.link import EngineLink

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.5
"""How often the engine is looked after; a dead one is noticed within two seconds."""
PATIENCE_SECONDS = 12.0
"""A page says three times within this that it is there, however busy the server is."""


class Watch:
    """Looks after an engine as long as pages say that somebody is there.

    Args:
        link: The way to the engine.
        look_seconds: Between two looks.
        patience_seconds: After the last sign of a page the engine is left alone.

    Example:
        >>> watch = Watch(EngineLink(config()))  # doctest: +SKIP
        >>> watch.somebody_is_here()  # doctest: +SKIP
    """

    def __init__(
        self,
        link: EngineLink,
        look_seconds: float = LOOK_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._link = link
        self._look_seconds, self._patience_seconds = look_seconds, patience_seconds
        self._last_sign = -patience_seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True, name="watch")
        self._thread.start()

    def somebody_is_here(self) -> None:
        """A page is open. The first to say so after a while need not wait for the next look."""
        now = time.monotonic()
        is_first = now - self._last_sign >= self._patience_seconds
        self._last_sign = now
        if is_first:
            self._look()

    def close(self) -> None:
        """Look no more."""
        self._is_over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._is_over.wait(self._look_seconds):
            if time.monotonic() - self._last_sign < self._patience_seconds:
                try:
                    self._look()
                except (OSError, sqlite3.Error):  # a busy disk must not end all further looks
                    log.exception("the engine could not be looked after")

    def _look(self) -> None:
        self._link.ensure()
        self._link.renew_lease()
