"""Training as curves: loss above, accuracy below, in training and on the photos held back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from pages.components import curves, finetuned, session, whatif, words
from pages.components.curves import CurveUpdate, Mark, Panels
from pages.components.quantities import Quantity, cell_quantity, quantity
from tfcore import settings
from tfcore.store.records import Run
from tfcore.store.runs import MetricRow
from tfcore.whatif import WhatIf

NAMES = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
_OF_CELLS = ("val_loss", "val_accuracy")
_LOWER_SHARE = 0.42


def show(key: str, run: Run) -> None:
    """Draw the curves of a run that learns, or add to those already drawn.

    Args:
        key: Key of the part, the same in every tick.
        run: The run, live or ended.
    """
    store = session.link().store
    since = curves.since(key, run.id)
    rows = store.metrics_after(run.id, since) if since else store.metrics_overview(run.id)
    curves.show(key, update(run, rows, since))


def update(run: Run, rows: Sequence[MetricRow], since: int = 0) -> CurveUpdate:
    """What one tick adds: four curves, or two for each head of a what-if run.

    Args:
        run: The run.
        rows: Its figures after ``since``.
        since: See ``CurveUpdate``.
    """
    drawn = series(captions(run))
    return CurveUpdate(
        run=run.id,
        since=since,
        steps=[at for at, _ in rows],
        series={name: [v.get(name, float("nan")) for _, v in rows] for name in drawn},
        marks=sorted([*marks(run), *_undone(run, rows, since)], key=lambda mark: mark.step),
        target="these photos",
        quantities=drawn,
        panels=Panels(
            upper="Loss"
            if len(drawn) == len(NAMES) and not run.settings.get("vary")
            else "Validation loss of each head",
            lower="Share of photos named right",
            lower_share=_LOWER_SHARE,
            is_probability=False,
            is_share=True,
        ),
        unit=words.unit(run.kind),
    )


def _undone(run: Run, rows: Sequence[MetricRow], since: int) -> list[Mark]:
    """Where the guard of a fine-tuning acts; one that has ended tells it in its summary."""
    is_told = run.kind == "finetune" and "rollbacks" not in run.summary
    return finetuned.rollbacks(run, rows, since) if is_told else []


def series(cells: Sequence[str]) -> dict[str, Quantity]:
    """How each curve is drawn, by its name in the record.

    Args:
        cells: What the heads of a what-if run differ by; empty for a plain run.
    """
    if not cells:
        return {name: quantity(name) for name in NAMES}
    return {
        f"{name}@{index}": cell_quantity(name, index, caption)
        for name in _OF_CELLS
        for index, caption in enumerate(cells)
    }


def captions(run: Run) -> list[str]:
    """What each head of a what-if run differs by, as people read it; of a plain run, nothing."""
    if not run.settings.get("vary"):
        return []
    return list(_captions(json.dumps(dict(run.settings), sort_keys=True)))


@lru_cache(maxsize=64)
def _captions(recorded: str) -> tuple[str, ...]:
    """A run's settings never change, and a tick wants them at once."""
    whole = settings.read(json.loads(recorded))
    return tuple(map(whatif.said, whole.captions())) if isinstance(whole, WhatIf) else ()


def marks(run: Run) -> list[Mark]:
    """What was steered, and the epoch that was kept."""
    before = {
        name: float(value)
        for name, value in run.settings.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    found = []
    for mark in session.link().store.marks(run.id):
        found.append(Mark(mark.step, words.changes(before, mark.changes)))
        before |= mark.changes
    found += [Mark(one["step"], one["text"]) for one in run.summary.get("rollbacks", [])]
    best = run.summary.get("best_epoch")
    if isinstance(best, int) and not run.settings.get("vary"):
        # A step of a fine-tuning is a batch.
        found.append(Mark(best * int(run.summary.get("epoch_steps", 1)), "the best: kept"))
    return found
