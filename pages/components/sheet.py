"""A what-if run as it is watched: what each of its pictures is called, and how it stands."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.components import bars, curves, picture, words
from pages.components.quantities import cell_quantity
from tfcore import catalog, images, targets
from tfcore.methods import METHOD_TITLES
from tfcore.settings import AttackSettings, PictureRun, read_picture
from tfcore.store.records import Run, SteeringMark, StoredFrame
from tfcore.store.runs import MetricRow
from tfcore.targets import Target

_GONE = "ran away"
_LOWER_SHARE = 0.45


@dataclass(frozen=True)
class Cell:
    """One picture of a what-if run.

    Attributes:
        caption: What it differs by, such as ``"0.005"``; no two of a run are alike.
        settings: The settings of a run that would grow it alone.
        target: What it aims at.
    """

    caption: str
    settings: PictureRun
    target: Target


def cells(run: Run) -> tuple[Cell, ...]:
    """The pictures of a what-if run in their order; none of a plain run, or of networks gone."""
    if not run.settings.get("vary"):
        return ()
    try:
        return _cells(json.dumps(dict(run.settings), sort_keys=True))
    except ValueError:
        return ()  # a network of it is gone, and with it what its classes were called


@functools.lru_cache(maxsize=64)
def _cells(settings: str) -> tuple[Cell, ...]:
    """A run's settings never change, and a tick wants them at once."""
    whole = read_picture(json.loads(settings))
    found: dict[str, Cell] = {}
    for one in whole.cells():
        target = targets.resolve(one.target, one.network)
        name = _name(one, whole.vary, target)
        # Two texts may name one class.
        twins = sum(caption.partition(" (")[0] == name for caption in found)
        caption = f"{name} ({twins + 1})" if twins else name
        found[caption] = Cell(caption, one, target)
    return tuple(found.values())


def _name(settings: PictureRun, vary: str, target: Target) -> str:
    if vary == "target":
        return target.name
    if vary == "network":
        return catalog.get(settings.network).title
    if vary == "method":
        return METHOD_TITLES[str(getattr(settings, vary))]
    extra = type(settings).model_fields[vary].json_schema_extra
    unit = extra["unit"] if isinstance(extra, dict) else ""
    if unit == "n/255":
        return f"{getattr(settings, vary):g}/255"
    return f"{getattr(settings, vary):g}{f' {unit}' if unit else ''}"


def legend(run: Run, one: Cell) -> str:
    """The line below the sheet: what the captions and the numbers beside them mean."""
    varied = words.setting_title(str(run.settings["vary"])).lower()
    if run.kind == "attack":
        return f"Each picture: its {varied}, and whether its network is fooled"
    if one.target.class_index is None:
        return f"Each picture: its {varied}, and how strongly the channel answers"
    return f"Each picture: its {varied}, and how sure its network is that it sees the target"


def overlay(
    run: Run,
    these: Sequence[Cell],
    frame: StoredFrame,
    rows: Sequence[MetricRow],
    marks: Iterable[SteeringMark],
) -> list[picture.Cell]:
    """What stands on the sheet: each picture's caption and how near it is to its target.

    Args:
        run: The run.
        these: Its cells.
        frame: The sheet that is shown.
        rows: Figures of the frame's step, if there are any.
        marks: What was steered: the answer of a channel is measured without its weight.
    """
    judged = run.summary.get("cells") if frame.step == run.step else None
    figures = rows[0][1] if rows else None
    past = [mark for mark in marks if mark.step < frame.step]
    return [
        picture.Cell(
            one.caption,
            saved(judged[index]) if judged else _measured(one, index, figures, past),
            cell_quantity("total", index, one.caption).dark,
        )
        for index, one in enumerate(these)
    ]


def saved(figures: Mapping[str, Any]) -> str:
    """How near a picture is to its target, as the saved one was judged: a cell of the summary."""
    if "success_png" in figures:
        return "fooled" if figures["success_png"] else "not fooled"
    chance = figures.get("probability_png")
    return percent(chance) if chance is not None else f"{figures.get('activation_png') or 0:.3g}"


def _measured(
    one: Cell, index: int, figures: Mapping[str, float] | None, past: Sequence[SteeringMark]
) -> str:
    """As the step measured it, in the view that it drew."""
    if figures is None:
        return ""
    if one.target.class_index is not None:
        chance = figures.get(f"{_chance(one)}@{index}")
        return _GONE if chance is None else percent(chance)
    weight = getattr(one.settings, "loss_weight", 1.0)
    for mark in past:
        weight = mark.changes.get("loss_weight", weight)
    loss = figures.get(f"activation@{index}")
    if loss is None:
        return _GONE
    return f"{-loss / weight:.3g}" if weight else ""


def _chance(one: Cell) -> str:
    """The probability that a cell is about: of an attack without a target, that of the source."""
    is_untargeted = isinstance(one.settings, AttackSettings) and one.settings.untargeted
    return "source_probability" if is_untargeted else "probability"


def percent(value: float) -> str:
    """A probability in a few letters.

    Example:
        >>> percent(0.00001), percent(0.972)
        ('< 0.1 %', '97 %')
    """
    return "< 0.1 %" if 0 <= value < 0.001 else words.percent(value)


def curve_update(
    update: curves.CurveUpdate, these: Sequence[Cell], rows: Sequence[MetricRow]
) -> curves.CurveUpdate:
    """Every cell's total above, and below what it is all about: two curves a cell, one colour.

    Args:
        update: What the tick adds, without series.
        these: The run's cells.
        rows: Figures of the steps of ``update``.
    """
    is_class = these[0].target.class_index is not None
    lower = _chance(these[0]) if is_class else "activation"
    found = {
        f"{name}@{index}": cell_quantity(name, index, one.caption)
        for name in ("total", lower)
        for index, one in enumerate(these)
    }
    same = {one.target.name for one in these}
    target = same.pop() if len(same) == 1 else "each target"
    if lower == "source_probability":
        target = "what the photo shows"
    return curves.CurveUpdate(
        run=update.run,
        since=update.since,
        steps=update.steps,
        series={name: [v.get(name, float("nan")) for _, v in rows] for name in found},
        marks=update.marks,
        cursor=update.cursor,
        target=target,
        quantities=found,
        panels=curves.Panels(
            upper="Total of each picture",
            lower=f"Probability of {target}" if is_class else "Activation: lower is stronger",
            lower_share=_LOWER_SHARE,
            is_probability=is_class,
        ),
    )


def guesses(these: Sequence[Cell], frame: StoredFrame | None) -> list[bars.Bar]:
    """The likeliest class in each picture as its network sees it; a tick's own picture."""
    # Five of each picture, or as many as its network has classes.
    top5 = frame.top5 if frame is not None else ()
    best = top5[:: max(1, len(top5) // max(1, len(these)))]
    return [
        bars.Bar(
            f"{one.caption}: {words.class_name(one.settings.network, index)}",
            value,
            highlight=index in one.target.wanted_classes,
        )
        for one, (index, value) in zip(these, best, strict=False)
    ]


def outline(count: int) -> str:
    """The part of a sheet that pictures fill, as a CSS ``clip-path``; ``""`` when it is full.

    Example:
        >>> outline(4), outline(5)[:40]
        ('', 'polygon(0 0, 100% 0, 100% 50%, 66.7% 50%')
    """
    columns = images.columns_of(max(1, count))
    rows = max(1, math.ceil(count / columns))
    left = count - (rows - 1) * columns
    if left in (0, columns) or not count:
        return ""
    x, y = f"{100 * left / columns:.3g}%", f"{100 * (rows - 1) / rows:.3g}%"
    return f"polygon(0 0, 100% 0, 100% {y}, {x} {y}, {x} 100%, 0 100%)"
