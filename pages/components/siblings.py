"""Heads of one data set side by side: a table, and their curves over one another."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.components import accuracies, curves, figures, report_card, session, spaces, words
from pages.components.accuracies import Row, Share
from pages.components.curves import CurveUpdate, Panels
from pages.components.quantities import Quantity, cell_quantity
from pages.components.report_card import Card
from tfcore import parsing
from tfcore.events import RunState
from tfcore.settings import FineTuneSettings
from tfcore.store.records import Run

_MOST = 9
_KINDS = ("train", "finetune")
_OPEN = "siblings.open"
_SIDES = {"val": report_card.VALIDATION, "test": report_card.TEST}
"""Words of a run's summary, and of its report."""


def show(card: Card) -> None:
    """Draw the other heads of this data set; nothing where there is none."""
    heads = of(card)
    if len(heads) < 2:
        return
    st.subheader(
        "Heads of these photos",
        help="Everything that was taught on this data set. Intervals that lie within one another "
        "tell no difference: more photos would.",
    )
    rows = [
        Row(
            run.id,
            title(run),
            [share(run, side, _chance(card, name)) for side, name in _SIDES.items()],
            here=run.id == card.run.id,
        )
        for run in heads
    ]
    has_test = any(row.shares[1] for row in rows)
    accuracies.show(
        "siblings",
        [row if has_test else replace(row, shares=row.shares[:1]) for row in rows],
        ["Photos held back", "Untouched test photos"] if has_test else ["Photos held back"],
        "Photos that are named right, by head",
        first="Head",
        missing="not asked",
        with_change=False,
        on_open=lambda: st.session_state.update({_OPEN: accuracies.opened("siblings")}),
    )
    wanted = st.session_state.pop(_OPEN, "")
    if wanted:
        st.switch_page("pages/train.py", query_params={"run": wanted})
    _curves(heads[:_MOST])


def of(card: Card) -> list[Run]:
    """Every head that was taught on the photos of this one, the best first."""
    store = session.link().store
    digest = data_of(card.extract)
    found = [
        run
        for kind in _KINDS
        for run in store.finished(kind)
        if not run.settings.get("vary")
        and data_of(store.run(report_card.extraction_of(run))) == digest
        and run.summary.get("val_accuracy") is not None
    ]
    if card.run.id not in {run.id for run in found}:
        found.append(card.run)
    return sorted(found, key=lambda run: -float(run.summary.get("val_accuracy") or 0.0))


def data_of(extract: Run | None) -> str:
    """Digest of the photos of an extraction; empty where it is not known."""
    scan = session.link().store.run(str(extract.settings["scan"])) if extract else None
    return str(scan.summary.get("digest", "")) if scan is not None else ""


def _chance(card: Card, side: str) -> float | None:
    """What guessing would reach on a side of this page's head, which the others' are like."""
    return figures.guessing(card.found.sides[side]) if side in card.found.sides else None


def share(run: Run, side: str = "val", chance: float | None = None) -> Share | None:
    """How many photos of a side a head names right; None where it was not asked."""
    said = run.summary
    if said.get(f"{side}_accuracy") is None or said.get(f"{side}_ci_low") is None:
        return None
    return Share(
        said[f"{side}_accuracy"],
        said[f"{side}_ci_low"],
        said[f"{side}_ci_high"],
        said.get(f"{side}_images", 0),
        chance,
    )


def title(run: Run) -> str:
    """What tells a head from its siblings."""
    extract = session.link().store.run(report_card.extraction_of(run))
    eyes = spaces.eyes_title(extract) if extract is not None else "another network"
    settings = parsing.recorded(run.settings)
    if isinstance(settings, FineTuneSettings):
        return f"{eyes}, fine-tuned: {settings.scope}"
    hidden = str(run.settings.get("hidden") or "linear").replace(",", " × ")
    stopped = ", stopped" if run.state is RunState.STOPPED else ""
    return f"{eyes}, {hidden}{stopped}"


def _curves(heads: list[Run]) -> None:
    """The curves of several heads over one another: each a colour."""
    store = session.link().store
    drawn: dict[str, Quantity] = {}
    steps: set[int] = set()
    known: dict[str, dict[int, float]] = {}
    for index, run in enumerate(heads):
        batches = int(run.summary.get("epoch_steps", 1))  # a step of a fine-tuning is one
        rows = [
            (at // batches, values)
            for at, values in store.metrics_overview(run.id)
            if at % batches == 0
        ]
        for name in ("val_loss", "val_accuracy"):
            key = f"{name}@{index}"
            drawn[key] = cell_quantity(name, index, f"{index + 1} · {title(run)}")
            known[key] = {at: values[name] for at, values in rows if name in values}
            steps |= set(known[key])
    if not steps:
        return
    along = sorted(steps)
    words.note("Their curves over one another; press a name to hide it.")
    curves.show(
        "siblings.curves",
        CurveUpdate(
            run=".".join(run.id for run in heads),
            steps=along,
            series={
                name: [known[name].get(at, float("nan")) for at in along]
                for name in sorted(drawn, key=lambda name: name.startswith("val_accuracy"))
            },
            target="these photos",
            quantities=drawn,
            panels=Panels(
                "Validation loss",
                "Share of photos named right",
                0.42,
                is_probability=False,
                is_share=True,
            ),
            unit="epoch",
        ),
    )
