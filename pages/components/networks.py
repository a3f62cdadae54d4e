"""Which networks a visitor can choose: those of the table, and below them their own.

Networks of one's own are called "yours" in every picker. Their classes are their own, too: whatever
is asked together must know the same ones.
"""

from __future__ import annotations

from collections import Counter

from pages.components import session
from tfcore import catalog, classes, trained
from tfcore.catalog import Network
from tfcore.errors import UserError
from tfcore.store import heads

_DOWNLOAD = " (download)"


def offered(given: str = "") -> dict[str, str]:
    """Every network that can be chosen: its name, and its title as a picker shows it.

    Args:
        given: What an address or a run names; somebody else's network is offered where it is named.
    """
    table = [catalog.get(name) for name in catalog.names()]
    titles = {
        row.name: row.title + ("" if catalog.is_available(row) else _DOWNLOAD) for row in table
    }
    return titles | _titles(own(), "yours") | _titles(_elses(given), "shared")


def here(given: str = "") -> dict[str, str]:
    """Those of them whose weights are on this machine."""
    return {
        name: title
        for name, title in offered(given).items()
        if catalog.is_available(catalog.get(name))
    }


def fellows(network: str) -> dict[str, str]:
    """Those on this machine that know the same classes as a network, itself among them."""
    return {
        name: title for name, title in here(network).items() if classes.are_shared(network, name)
    }


def own() -> list[Network]:
    """The visitor's own networks, the newest first."""
    visitor = session.visitor()
    return heads.of_owner(session.link().store, visitor) if visitor else []


def _elses(name: str) -> list[Network]:
    if not trained.is_head(name) or name in {row.name for row in own()}:
        return []
    try:
        return [catalog.get(name)]
    except UserError:
        return []  # gone: whoever named it is told where it is read


def _titles(rows: list[Network], whose: str) -> dict[str, str]:
    """Titles that no two share: the browser tells options apart by their text alone."""
    count = Counter(row.title for row in rows)
    return {
        row.name: f"{row.title} · {whose}"
        + (f" · {trained.run_of(row.name)[:4]}" if count[row.title] > 1 else "")
        for row in rows
    }
