"""Somebody who watches a run: the same reads, at the same pace, as a page does."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tfcore.engine.link import EngineLink

TICK_SECONDS = 0.4


def watch(
    link: EngineLink, run: str, note: Callable[[int], None], until: threading.Event | None
) -> None:
    """Look at a run again and again.

    Args:
        link: The way to the engine.
        run: The run's id.
        note: Gets the last step of every look.
        until: Ends the watching when it is set; None watches until the run is over.
    """
    pause = threading.Event()
    last = 0
    while until is None or not until.is_set():
        link.renew_lease()
        link.ensure()
        record = link.store.run(run)
        if record is not None:
            rows = link.store.metrics_after(run, last)
            link.store.frame(run)
            link.store.marks(run)
            link.store.frame_steps(run)
            last = rows[-1][0] if rows else last
            note(last)
            if until is None and record.is_settled and not record.state.is_live:
                return
        pause.wait(TICK_SECONDS)
