"""Live curves: the loss and its terms above, the target's probability below, drawn in place.

Plotly is called by ``frontend/curves.js`` on one node that stays, so zoom, hidden curves and the
scroll position survive every tick. A tick carries only new points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from pages.components import increments
from pages.components.assets import component
from pages.components.quantities import Quantity, quantity

__all__ = ["CurveResult", "CurveUpdate", "Mark", "Panels", "show", "since"]

_LIMIT = 500

_HTML = """
<div class="tl tl-curves">
  <div class="bar">
    <div class="legend" role="group" aria-label="Curves shown"></div>
    <div class="tools">
      <button type="button" class="log" aria-pressed="false"
        title="Show the loss on a logarithmic scale">log scale</button>
      <button type="button" class="reset" hidden>Reset zoom</button>
    </div>
    <p class="tip" role="status" hidden></p>
  </div>
  <div class="stage">
    <div class="plot" role="img" aria-label="Curves: no points yet"></div>
    <p class="empty">Loading the chart…</p>
  </div>
  <table class="fallback" hidden>
    <caption>The chart could not be loaded. Latest values:</caption>
    <tbody></tbody>
  </table>
  <ol class="marks" aria-label="Changes made while it ran"></ol>
</div>
"""

_part = component(
    "curves",
    _HTML,
    "accumulate.js",
    "plotly.js",
    "legend.js",
    "curves.js",
    styles=("curves.css",),
    isolated=False,
)


@dataclass(frozen=True)
class Mark:
    """A change that was made while the run went on.

    Attributes:
        step: Step from which it held.
        text: What changed, such as ``"variation 0.005 → 0.02"``.
    """

    step: int
    text: str


@dataclass(frozen=True)
class Panels:
    """The two panels, one above the other.

    Attributes:
        upper: Heading of the upper one.
        lower: Heading of the lower one.
        lower_share: Share of the height that the lower one takes, 0 to 1.
        is_probability: Whether the lower one reaches from 0 to 1, whatever it shows.
        is_share: Whether it shows shares: it then ends at 1, wherever it begins.
    """

    upper: str
    lower: str
    lower_share: float = 0.33
    is_probability: bool = True
    is_share: bool = False


@dataclass(frozen=True)
class CurveUpdate:
    """What one tick adds to the curves.

    Attributes:
        run: Identifier of the run; another one clears the curves.
        since: Step before the first point sent; 0 says that ``steps`` is the whole history,
            decimated to 500 points at most.
        steps: Steps of the points, rising.
        series: Values of each quantity, one a step; names as in ``quantities.QUANTITIES``. A
            value that is not finite leaves a gap.
        marks: Every change made so far; they are few and always sent in full.
        cursor: Step at which an upright line stands, or None.
        target: What ``probability`` is the probability of, for the panel's title.
        quantities: How to draw the series, where ``quantities.QUANTITIES`` does not know it.
        panels: Headings and sizes; None gives the loss and the target's probability.
        unit: What a step is called.
    """

    run: str
    since: int = 0
    steps: Sequence[int] = ()
    series: dict[str, Sequence[float]] = field(default_factory=dict)
    marks: Sequence[Mark] = ()
    cursor: int | None = None
    target: str = "the target"
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    panels: Panels | None = None
    unit: str = "step"


@dataclass(frozen=True)
class CurveResult:
    """What the curves answer.

    Attributes:
        resync: Whether the browser has just asked for the whole history.
    """

    resync: bool


def since(key: str, run: str) -> int:
    """Step after which the curves want points; 0 wants the whole history, decimated.

    Args:
        key: Key given to ``show``.
        run: Identifier of the run.

    Returns:
        Value for ``CurveUpdate.since``.

    Example:
        >>> since("curves", "run-1")  # doctest: +SKIP
        0
    """
    return increments.since(key, run)


def show(key: str, data: CurveUpdate) -> CurveResult:
    """Draw the curves, or add to those already drawn.

    Args:
        key: Key of the part, the same in every tick.
        data: What is new, from ``since(key, run)`` on.

    Returns:
        Whether a refill was asked for. Nothing need be done about it: this very run of the script
        already read 0 from ``since``.

    Example:
        >>> show("curves", CurveUpdate("run-1", 0, [1, 2], {"total": [3.0, 2.5]}))  # doctest: +SKIP
        CurveResult(resync=False)
    """
    steps, series = list(data.steps), {name: list(row) for name, row in data.series.items()}
    if data.since == 0 and len(steps) > _LIMIT:
        steps, series = _decimate(steps, series)
    answer = _part(
        key=key,
        data={
            "run": data.run,
            "since": data.since,
            "steps": steps,
            "series": {name: [_number(value) for value in row] for name, row in series.items()},
            "marks": [[mark.step, mark.text] for mark in data.marks],
            "cursor": data.cursor,
            "target": data.target,
            "unit": data.unit,
            "quantities": {
                name: asdict(data.quantities.get(name) or quantity(name)) for name in series
            },
            "panels": asdict(data.panels or Panels("Loss", f"Probability of {data.target}")),
        },
        on_resync_change=increments.forget(key),
    )
    if steps:
        increments.record(key, data.run, steps[-1])
    return CurveResult(resync=answer.get("resync") is not None)


def _decimate(
    steps: list[int], series: dict[str, list[float]]
) -> tuple[list[int], dict[str, list[float]]]:
    """Thin a whole history evenly; the first and the last point stay."""
    last = len(steps) - 1
    chosen = [round(index * last / (_LIMIT - 1)) for index in range(_LIMIT)]
    return [steps[i] for i in chosen], {
        name: [row[i] for i in chosen] for name, row in series.items()
    }


def _number(value: float) -> float | None:
    """Six digits are more than a screen shows; JSON knows no NaN."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
