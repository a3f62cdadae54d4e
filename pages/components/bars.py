"""What the network sees: a few classes as bars that move."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pages.components.assets import component

__all__ = ["Bar", "show"]

_HTML = """
<section class="tl bars">
  <p class="title" id="title"></p>
  <ol aria-labelledby="title"></ol>
  <p class="empty"></p>
</section>
"""

_part = component("bars", _HTML, "bars.js", styles=("bars.css",))


@dataclass(frozen=True)
class Bar:
    """One class.

    Attributes:
        name: Its name.
        value: Its probability, 0 to 1.
        highlight: Whether it is the target.
    """

    name: str
    value: float
    highlight: bool = False


def show(
    key: str,
    rows: Sequence[Bar],
    title: str = "What it sees",
    placeholder: str = "The five likeliest classes appear with the first picture.",
) -> None:
    """Show the rows as bars from 0 to 100 %, the likeliest first.

    Args:
        key: Key of the part, the same in every tick.
        rows: Bars from top to bottom.
        title: Heading of the list.
        placeholder: What stands there as long as there are no rows.

    Example:
        >>> show("top5", [Bar("Siamese cat", 0.97, highlight=True)])  # doctest: +SKIP
    """
    _part(
        key=key,
        data={
            "title": title,
            "placeholder": placeholder,
            "rows": [[row.name, _clip(row.value), row.highlight] for row in rows],
        },
    )


def _clip(value: float) -> float:
    return min(1.0, max(0.0, float(f"{value:.5g}"))) if math.isfinite(value) else 0.0
