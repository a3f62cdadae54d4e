"""Points with their intervals over one another: a small chart that is drawn in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pages.components.assets import component

__all__ = ["Axis", "Line", "Point", "show"]

_HTML = """
<figure class="tl chart">
  <div class="names"></div>
  <svg role="img"></svg>
  <div class="sr">
    <table><caption></caption><thead></thead><tbody></tbody></table>
  </div>
</figure>
"""

_part = component("chart", _HTML, "chart.js", styles=("chart.css",))


@dataclass(frozen=True)
class Point:
    """One point.

    Attributes:
        x, y: Where it lies.
        low, high: Its interval; None where it has none.
        weight: How much stands behind it, 0 to 1: its size.
        said: What it means, shown when it is pointed at.
    """

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    weight: float = 0.4
    said: str = ""


@dataclass(frozen=True)
class Line:
    """Points that belong together.

    Attributes:
        name: What they are.
        points: From left to right.
        light: Colour on a light page.
        dark: Colour on a dark page.
        is_faint: Whether they stand back: dashed, and hollow.
        is_joined: Whether a line goes through them.
    """

    name: str
    points: Sequence[Point]
    light: str = "#0072B2"
    dark: str = "#56B4E9"
    is_faint: bool = False
    is_joined: bool = True


@dataclass(frozen=True)
class Axis:
    """One direction.

    Attributes:
        title: What it is.
        low, high: Its ends.
        is_share: Whether its numbers are shares, told in percent.
        is_log: Whether equal steps multiply.
        ticks: Where numbers stand; empty chooses some.
    """

    title: str
    low: float
    high: float
    is_share: bool = False
    is_log: bool = False
    ticks: Sequence[float] = ()


def show(
    key: str,
    lines: Sequence[Line],
    x: Axis,
    y: Axis,
    label: str,
    *,
    diagonal: bool = False,
    square: bool = False,
) -> None:
    """Draw the chart.

    Args:
        key: Key of the part, the same in every tick.
        lines: What is drawn; the first lies on top.
        x: From left to right.
        y: From bottom to top.
        label: What the chart shows, for those who do not see it.
        diagonal: Whether a line marks where both are equal.
        square: Whether it is as high as it is wide.

    Example:
        >>> show("few", [Line("pets", [Point(10, 0.8, 0.7, 0.9)])],
        ...      Axis("Photos", 1, 100, is_log=True), Axis("Right", 0, 1, is_share=True), "Pets")
        ... # doctest: +SKIP
    """
    _part(
        key=key,
        data={
            "label": label,
            "lines": [asdict(line) for line in lines],
            "x": asdict(x),
            "y": asdict(y),
            "diagonal": diagonal,
            "square": square,
        },
    )
