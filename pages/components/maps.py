"""The maps of a layer as tiles; a press on one enlarges it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.components.assets import component
from pages.components.picture import source

_HTML = """
<div class="tl maps">
  <ol aria-label="Maps of this layer, the strongest first"></ol>
</div>
"""

_part = component("maps", _HTML, "maps.js", styles=("maps.css",))


@dataclass(frozen=True)
class Tile:
    """One map.

    Attributes:
        channel: Its number.
        strength: How strong it is, as text.
        image: A PNG of ``images.to_heat``.
    """

    channel: int
    strength: str
    image: bytes


def show(key: str, tiles: Sequence[Tile]) -> int | None:
    """Show the tiles.

    Args:
        key: Key of the part; another layer has another, and with it a choice of its own.
        tiles: Maps from the strongest to the weakest.

    Returns:
        The channel that was pressed last; the first one when none was.

    Example:
        >>> show("maps", [Tile(3, "0.8", png)])  # doctest: +SKIP
        3
    """
    numbers = [tile.channel for tile in tiles]
    answer = _part(
        key=key,
        data={
            "channels": numbers,
            "strengths": [tile.strength for tile in tiles],
            "images": [source(tile.image) for tile in tiles],
        },
        default={"pick": None},
        on_pick_change=_nothing,
    )
    picked = answer.get("pick")
    return picked if picked in numbers else next(iter(numbers), None)


def _nothing() -> None:
    """The value is read from the result; Streamlit wants a callback all the same."""
