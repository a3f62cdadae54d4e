"""What is taken for what: a table whose cells are shaded, and show their photos when pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pages.components import signals
from pages.components.assets import component

__all__ = ["picked", "show"]

_HTML = """
<div class="tl confusion">
  <table role="grid">
    <caption class="sr"></caption>
    <thead></thead>
    <tbody></tbody>
  </table>
</div>
"""

_part = component("confusion", _HTML, "confusion.js", styles=("confusion.css",))

Cell = tuple[int, int]
"""The class that a photo shows, and the class that it was taken for."""


def show(
    key: str,
    names: Sequence[str],
    counts: Sequence[Sequence[int]],
    label: str,
    *,
    pick: Cell | None = None,
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Draw the table: rows are what photos show, columns what they were taken for.

    It is one stop of the Tab key; the arrow keys go from cell to cell.

    Args:
        key: Key of the part.
        names: Names of the classes.
        counts: Photos in each cell, a row for each class.
        label: What the table tells.
        pick: The cell that is marked.
        on_pick: Called when a cell was pressed; ``picked`` says which.

    Example:
        >>> show("table", ["cat", "dog"], [[9, 1], [0, 10]], "Validation")  # doctest: +SKIP
    """
    _part(
        key=key,
        data={
            "label": label,
            "names": [name.replace("_", " ") for name in names],
            "counts": [list(row) for row in counts],
            "pick": list(pick) if pick else None,
        },
        on_pick_change=on_pick or _nothing,
    )


def picked(key: str) -> Cell | None:
    """The cell that was just pressed, read in ``on_pick``."""
    cell = signals.heard(key, "pick")
    if isinstance(cell, list) and len(cell) == 2 and all(isinstance(at, int) for at in cell):
        return cell[0], cell[1]
    return None


def _nothing() -> None:
    """Streamlit wants a callback."""
