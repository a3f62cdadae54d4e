"""Shares with their intervals as bars: networks in rows, data sets in columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pages.components import signals
from pages.components.assets import component

__all__ = ["Change", "Row", "Share", "opened", "show"]

_HTML = """
<div class="tl shares">
  <table>
    <caption class="sr"></caption>
    <thead><tr></tr></thead>
    <tbody></tbody>
  </table>
</div>
"""

_part = component("shares", _HTML, "accuracies.js", styles=("accuracies.css",))


@dataclass(frozen=True)
class Share:
    """A share that was counted.

    Attributes:
        value: 0 to 1.
        low: Lower end of its 95 % interval.
        high: Upper end.
        count: Of how many.
        chance: What guessing would reach; None where it is not told.
    """

    value: float
    low: float
    high: float
    count: int
    chance: float | None = None


@dataclass(frozen=True)
class Change:
    """The difference of two shares, in shares of 1; negative where it fell.

    Attributes:
        value: The second less the first.
        low: Lower end of its 95 % interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One network.

    Attributes:
        key: What ``opened`` answers when its name is pressed; empty where it cannot be.
        title: Its name.
        shares: One for each column; None where it is not known.
        change: From the first column to the second.
        here: Whether the page is about this one.
    """

    key: str
    title: str
    shares: Sequence[Share | None]
    change: Change | None = None
    here: bool = False


def show(
    key: str,
    rows: Sequence[Row],
    columns: Sequence[str],
    label: str,
    *,
    first: str = "Network",
    missing: str = "not extracted yet",
    with_change: bool = True,
    on_open: Callable[[], None] | None = None,
) -> None:
    """Draw the table; a tick in each bar stands where guessing would end.

    Args:
        key: Key of the part.
        rows: From top to bottom.
        columns: What the shares of a column are of; with two, a column for the change follows.
        label: What the table tells.
        first: Heading of the first column.
        missing: What stands where a share is not known.
        with_change: Whether two columns are followed by one for the change.
        on_open: Called when a name was pressed; ``opened`` has its key.

    Example:
        >>> show("nets", [Row("", "Lite0", [Share(0.97, 0.95, 0.98, 400, 0.5)])], ["pets"], "k-NN")
        ... # doctest: +SKIP
    """
    _part(
        key=key,
        data={
            "label": label,
            "first": first,
            "missing": missing,
            "withChange": with_change,
            "columns": [column.replace("_", " ") for column in columns],
            "rows": [
                {
                    "key": row.key if on_open is not None and not row.here else "",
                    "title": row.title,
                    "here": row.here,
                    "shares": [
                        [one.value, one.low, one.high, one.count, one.chance] if one else None
                        for one in row.shares
                    ],
                    "change": (
                        [row.change.value, row.change.low, row.change.high] if row.change else None
                    ),
                }
                for row in rows
            ],
        },
        on_open_change=on_open or _nothing,
    )


def opened(key: str) -> str:
    """Key of the row whose name was just pressed, read in ``on_open``."""
    return str(signals.heard(key, "open") or "")


def _nothing() -> None:
    """Streamlit wants a callback."""
