"""Bringing a run's networks to this machine before it starts, where a Stop is heard too."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from tfcore import catalog
from tfcore.engine.mailbox import Mailbox
from tfcore.engine.report import Emit
from tfcore.events import Order, Progress, Started, Verb


def bring(networks: Iterable[str], step: int, mailbox: Mailbox, emit: Emit) -> Order | None:
    """Download the weights that are not here, telling how far it is.

    Args:
        networks: Names in the catalog.
        step: Where the run stands.
        mailbox: Of the run. A Stop is looked for here; every order is left in it.
        emit: Events go there, at most four a second.

    Returns:
        The Stop that came meanwhile, or None when all weights are here. After a Stop the next
        attempt goes on with the download from there.

    Raises:
        WeightsMissing: They cannot be fetched.
    """
    from tfcore.backbones.fetching import ensure_weights
    from tfcore.downloads.meter import DownloadStopped, Transfer

    run, attempt = mailbox.run, mailbox.attempt
    missing = [row for row in map(catalog.get, networks) if not catalog.is_available(row)]
    if missing:
        # The task listens: what was asked before it did is now said again.
        emit(Started(run=run, attempt=attempt, step=step))

    def tell(title: str, transfer: Transfer) -> None:
        emit(Progress(run=run, attempt=attempt, stage=f"Downloading {title}: {transfer}"))

    for row in missing:
        try:
            ensure_weights(
                row, partial(tell, row.title), lambda: mailbox.first(Verb.STOP) is not None
            )
        except DownloadStopped:
            return mailbox.first(Verb.STOP)
    return None
