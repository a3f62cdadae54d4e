"""The map: every photo a point, coloured by its class; its thumbnail when a pointer is over it.

Plotly is called by ``frontend/scatter.js`` on one node that stays, so zoom and hidden classes
survive. The points are sent once; what is picked or pressed afterwards is a small message.
Thumbnails come from ``sheets.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pages.components import class_looks, increments, signals
from pages.components.assets import component

__all__ = ["Cloud", "picked", "selected", "show"]

_GRID = 10_000
_HTML = """
<div class="tl tl-map">
  <div class="bar">
    <div class="legend" role="group" aria-label="Classes shown"></div>
  </div>
  <div class="tools" role="toolbar" aria-label="Map">
    <button type="button" class="box" data-mode="select" aria-pressed="true"
      title="Drag a box around points to see their photos">Box</button>
    <button type="button" class="lasso" data-mode="lasso" aria-pressed="false"
      title="Draw around points to see their photos">Lasso</button>
    <button type="button" class="zoom" data-mode="zoom" aria-pressed="false"
      title="Drag to look closer">Zoom</button>
    <button type="button" class="reset" hidden>Whole map</button>
    <button type="button" class="clear" hidden>Clear selection</button>
  </div>
  <div class="stage">
    <div class="plot" role="img" aria-label="Map: no points yet"></div>
    <p class="empty">Loading the map…</p>
    <div class="hover" hidden>
      <span class="thumb" aria-hidden="true"></span>
      <span class="class"><b class="sign" aria-hidden="true"></b> </span>
      <span class="name"></span>
    </div>
  </div>
</div>
"""

_part = component(
    "map",
    _HTML,
    "accumulate.js",
    "plotly.js",
    "thumbs.js",
    "cloud.js",
    "scatter.js",
    styles=("scatter.css",),
    isolated=False,
)


@dataclass(frozen=True)
class Cloud:
    """Points of a map.

    Attributes:
        key: What tells these points from all others, such as the run's id.
        thumbs: The ``sheets.show`` set that has their thumbnails.
        rows: Row of each point in the data set's listing.
        xy: Its two coordinates, of any scale.
        classes: Names of the classes.
        numbers: Number of each point's class.
        axes: What the two directions are called; empty where they mean nothing.
    """

    key: str
    thumbs: str
    rows: Sequence[int]
    xy: Sequence[Sequence[float]]
    classes: Sequence[str]
    numbers: Sequence[int]
    axes: tuple[str, str] = ("", "")


def show(
    key: str,
    cloud: Cloud,
    *,
    pick: int | None = None,
    near: Sequence[int] = (),
    enclosed: Sequence[int] = (),
    chosen: int | None = None,
    height: int = 520,
    on_pick: Callable[[], None] | None = None,
    on_select: Callable[[], None] | None = None,
) -> None:
    """Draw the map, or change what is marked in it.

    Args:
        key: Key of the part; the same in every run of the script.
        cloud: The points; sent when the browser does not have them.
        pick: Row of the photo that is marked.
        near: Rows that are joined to it by lines.
        enclosed: Rows that were enclosed before the map was drawn anew.
        chosen: Number of the class that stands out; None lets all.
        height: Of the map, in pixels.
        on_pick: Called when a point was pressed; ``picked`` has its row. Without it the map is
            for looking: points can be pointed at and zoomed, not picked or enclosed.
        on_select: Called when points were enclosed; ``selected`` has their rows.

    Example:
        >>> show("map", Cloud("a", "s", [0, 1], [(0, 0), (1, 1)], ["cat"], [0, 0]))
        ... # doctest: +SKIP
    """
    wants_all = increments.since(key, cloud.key) == 0
    _part(
        key=key,
        data={
            "cloud": cloud.key,
            "since": 0 if wants_all else 1,
            "points": _points(cloud) if wants_all else None,
            "thumbs": cloud.thumbs,
            "pick": pick,
            "near": list(near),
            "enclosed": list(enclosed) if wants_all else [],
            "chosen": chosen,
            "height": height,
            "walks": on_pick is not None,
        },
        on_resync_change=increments.forget(key),
        on_pick_change=on_pick or _nothing,
        on_select_change=on_select or _nothing,
    )
    for step in (1, 2):  # what was sent is not sent again: a browser that lost it asks
        increments.record(key, cloud.key, step)


def picked(key: str) -> int | None:
    """Row of the point that was just pressed, read in ``on_pick``."""
    row = signals.heard(key, "pick")
    return row if isinstance(row, int) else None


def selected(key: str) -> list[int]:
    """Rows that were just enclosed, read in ``on_select``; none when the selection was cleared."""
    rows = signals.heard(key, "select")
    return [row for row in rows if isinstance(row, int)] if isinstance(rows, list) else []


def _points(cloud: Cloud) -> dict[str, object]:
    """Whole numbers up to 9,999 are finer than a screen, and half as long as decimals."""
    low = [min(pair[axis] for pair in cloud.xy) for axis in (0, 1)]
    span = max(max(pair[axis] for pair in cloud.xy) - low[axis] for axis in (0, 1)) or 1.0
    return {
        "rows": list(cloud.rows),
        "x": [round((pair[0] - low[0]) / span * (_GRID - 1)) for pair in cloud.xy],
        "y": [round((pair[1] - low[1]) / span * (_GRID - 1)) for pair in cloud.xy],
        "numbers": list(cloud.numbers),
        "classes": [_class(number, name) for number, name in enumerate(cloud.classes)],
        "axes": list(cloud.axes),
    }


def _class(number: int, name: str) -> list[str]:
    look = class_looks.look(number)
    return [name.replace("_", " "), look.light, look.dark, look.symbol, look.sign]


def _nothing() -> None:
    """Streamlit wants a callback."""
