"""Photos as tiles to press: neighbours of a photo, or what was enclosed on a map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pages.components import signals
from pages.components.assets import component
from pages.components.picture import source

__all__ = ["Tile", "opened", "show"]

_HTML = """
<div class="tl tiles">
  <ul></ul>
</div>
"""

_part = component("tiles", _HTML, "tiles.js", styles=("tiles.css",))


@dataclass(frozen=True)
class Tile:
    """One photo.

    Attributes:
        row: What ``opened`` answers when it is pressed.
        title: Its class.
        note: A figure below it; may be empty.
        agrees: Whether its class is the right one; None where there is no right or wrong.
        name: Its file.
        jpeg: Its thumbnail; None where the photo is gone.
    """

    row: int
    title: str
    note: str = ""
    agrees: bool | None = None
    name: str = ""
    jpeg: bytes | None = field(default=None, repr=False)


def show(
    key: str,
    tiles: Sequence[Tile],
    label: str,
    *,
    side: int = 84,
    on_open: Callable[[], None] | None = None,
) -> None:
    """Show photos in rows; each can be pressed, and be reached with the Tab key.

    Args:
        key: Key of the part.
        tiles: The photos in their order.
        label: What they are, for those who do not see them.
        side: Least width of a tile in pixels.
        on_open: Called when one was pressed; ``opened`` has its row. Without it none can be.

    Example:
        >>> show("near", [Tile(3, "cat", "0.93", agrees=True)], "Neighbours")  # doctest: +SKIP
    """
    _part(
        key=key,
        data={
            "label": label,
            "side": side,
            "canOpen": on_open is not None,
            "tiles": [
                {
                    "row": tile.row,
                    "title": tile.title.replace("_", " "),
                    "note": tile.note,
                    "agrees": tile.agrees,
                    "name": tile.name,
                    "src": source(tile.jpeg) if tile.jpeg else "",
                }
                for tile in tiles
            ],
        },
        on_open_change=on_open or _nothing,
    )


def opened(key: str) -> int | None:
    """Row of the tile that was just pressed, read in ``on_open``."""
    row = signals.heard(key, "open")
    return row if isinstance(row, int) else None


def _nothing() -> None:
    """Streamlit wants a callback."""
