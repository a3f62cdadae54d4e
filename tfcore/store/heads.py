"""Whose trained networks are whose: the record knows the runs that trained them."""

from __future__ import annotations

from tfcore import catalog, trained
from tfcore.catalog import Network
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.store.runs import RunStore

_ENDED = (RunState.FINISHED, RunState.STOPPED)


def of_owner(store: RunStore, owner: str) -> list[Network]:
    """The networks that somebody has trained and that are still here, the newest first.

    Args:
        store: Where runs are kept.
        owner: ``owner_digest`` of their token.

    Example:
        >>> [network.name for network in of_owner(store, owner)]    # doctest: +SKIP
        ['head-0123456789ab']
    """
    found = []
    for run in store.with_artifact(trained.FILE, owner, _ENDED):
        try:
            found.append(catalog.get(trained.name_of(run.id)))
        except UserError:
            continue  # its file is gone, or damaged: no network any more
    return found
