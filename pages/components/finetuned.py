"""Fine-tuning: the offer below a trained head, and what came of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.components import accuracies, form, knobs, launch, picture, session, words
from pages.components.accuracies import Change, Row, Share
from pages.components.curves import Mark
from tfcore import blocks, parsing, trained
from tfcore.blocks import Block
from tfcore.config import config
from tfcore.engine import tuning
from tfcore.errors import UserError
from tfcore.intervals import wilson
from tfcore.settings import FineTuneSettings
from tfcore.store.records import Run
from tfcore.store.runs import MetricRow
from tfcore.trained import About

_FIELDS = FineTuneSettings.model_fields
_NUMBERS = (
    "steps", "learning_rate", "warm_up", "batch_size", "crop", "rotation", "colour", "smoothing",
    "weight_decay", "patience", "seed",
)  # fmt: skip
_CHANGES = {"val": "change", "test": "test_change"}
_SEEN = "finetuned.rollbacks"


def ask(run: Run) -> None:
    """Offer to train the last blocks of the network below a head, too.

    Args:
        run: The run that trained the head.
    """
    try:
        about = trained.about(trained.name_of(run.id))
    except UserError:
        return
    known = blocks.of(about.network, about.layer)
    st.subheader(
        "Let the network learn, too",
        help="So far only the head has learned: the network below it sees as it saw ImageNet. "
        "Fine-tuning lets its last blocks change a little, with photos that look different each "
        "time. It takes longer than training a head, and it can spoil what the network knows.",
    )
    values: dict[str, Any] = {"kind": "finetune", "head": run.id}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        values["blocks"] = _blocks(run, known)
        values["guard"] = knobs.switch(
            "guard", True, key=f"finetune.guard.{run.id}", of=FineTuneSettings
        )
    words.note(learns(known, values["blocks"], about))
    with st.expander("Expert settings", icon=":material/build:"):
        values |= _expert(run)
    pressed = st.button(
        "Fine-tune", icon=":material/model_training:", type="primary", key=f"finetune.{run.id}"
    )
    form.downloads([about.network] if about.weights_seed is None else [])
    if not pressed:
        return
    try:
        settings = parsing.parse(values)
        if isinstance(settings, FineTuneSettings):
            tuning.check(settings, session.link().store, config())
    except UserError as error:
        words.complain(error)
        return
    launch.start(launch.Request(settings))


def _blocks(run: Run, known: Sequence[Block]) -> int:
    """Choose how far down it learns; the blocks are named as they are counted from the end."""
    field, default = _FIELDS["blocks"], min(int(_FIELDS["blocks"].default), len(known))
    return int(
        st.selectbox(
            str(field.title),
            range(len(known) + 1),
            index=default,
            format_func=lambda count: _counted(known, count),
            key=f"finetune.blocks.{run.id}",
            help=f"{field.description}.",
        )
    )


def _counted(known: Sequence[Block], count: int) -> str:
    if count == 0:
        return "none: the head alone, from photos"
    if count == len(known):
        return f"{count}: the whole network"
    if count == 1:
        return f"1: {known[-1].name}"
    return f"{count}: from {known[-count].name} on"


def learns(known: Sequence[Block], count: int, about: About) -> str:
    """What learns, and how much of the network that is, in a sentence.

    Args:
        known: The blocks of the network.
        count: How many of the last ones learn.
        about: The head on it.
    """
    units = (about.dim, *about.units)
    head = sum(a * b + b for a, b in itertools.pairwise(units))
    if count == 0:
        return (
            f"The head's {head:,} numbers learn, as the lesson does it: every photo goes through "
            "the whole network in every epoch, where features are computed once."
        )
    chosen = known[-count:]
    own, whole = (sum(block.parameters for block in some) for some in (chosen, known))
    names = ", ".join(f"{block.name} ({block.parameters:,})" for block in reversed(chosen[-4:]))
    more = f" and {count - 4} more" if count > 4 else ""
    return (
        f"{own:,} of the network's {whole:,} numbers learn ({100 * own / whole:.0f} %), and the "
        f"head's {head:,}. From the end: {names}{more}."
    )


def _expert(run: Run) -> dict[str, Any]:
    scope = f"finetune.{run.id}"
    found: dict[str, Any] = {}
    with st.grid(min_column_width=150):
        for name in _NUMBERS:
            found[name] = knobs.number(
                name, float(_FIELDS[name].default), scope=scope, of=FineTuneSettings
            )
        found["schedule"] = knobs.choice("schedule", "cosine", scope=scope, of=FineTuneSettings)
    with st.container(horizontal=True):
        for name in ("flip", "fresh_head"):
            found[name] = knobs.switch(
                name, bool(_FIELDS[name].default), key=f"{scope}.{name}", of=FineTuneSettings
            )
    return found


def body(run: Run) -> None:
    """What only a fine-tuning has: photos as it sees them, what was undone, before and after."""
    if run.state.is_live:
        frame = session.link().store.frame(run.id)
        if frame is not None:
            picture.show(
                "picture",
                frame.jpeg,
                alt="Photos as the next batch sees them",
                caption="Photos as the next batch sees them",
                step=frame.step,
                state=run.state,
            )
    elif run.summary.get("before"):
        _before_and_after(run)


def rollbacks(run: Run, rows: Sequence[MetricRow], since: int) -> list[Mark]:
    """Where the guard brought the best weights back, as far as the curves are drawn.

    Args:
        run: The run, live; one that has ended tells by itself, in words.
        rows: Figures after ``since``.
        since: 0 says that ``rows`` begin at the beginning.
    """
    known: dict[int, str] = st.session_state.setdefault(f"{_SEEN}.{run.id}", {})
    if since == 0:
        known.clear()
    for step, values in rows:
        if values.get("rolled_back"):
            known[step] = (
                f"rolled back at epoch {values.get('epoch', 0):.0f}: validation loss "
                f"{values.get('val_loss', 0):.2f}"
            )
    return [Mark(step, text) for step, text in sorted(known.items())]


def _before_and_after(run: Run) -> None:
    st.markdown("**Before and after**", help="The same photos, asked twice")
    accuracies.show(
        "finetuned.change",
        [
            row
            for side, title in (("val", "Photos held back"), ("test", "Untouched test photos"))
            if (row := _row(run.summary, side, title)) is not None
        ],
        ["Head alone", "Fine-tuned"],
        "Photos that are named right before and after fine-tuning",
        first="Asked about",
    )
    st.markdown(verdict(run.summary))
    for one in run.summary.get("rollbacks", []):
        words.note(f":material/undo: The guard {words.plain(str(one['text']))}.")


def _row(said: Mapping[str, Any], side: str, title: str) -> Row | None:
    before, change = said["before"].get(f"{side}_accuracy"), said.get(_CHANGES[side])
    if before is None or not change or said.get(f"{side}_accuracy") is None:
        return None
    count = int(said.get(f"{side}_images") or 0)
    low, high = wilson(round(before * count), count)
    return Row(
        "",
        title,
        [
            Share(before, low, high, count),
            Share(
                said[f"{side}_accuracy"],
                said[f"{side}_ci_low"],
                said[f"{side}_ci_high"],
                count,
            ),
        ],
        Change(change["value"], change["low"], change["high"]),
    )


def verdict(said: Mapping[str, Any]) -> str:
    """What fine-tuning was worth, in a sentence for everybody.

    Args:
        said: The summary of its run.
    """
    change = said.get("test_change") or said["change"]
    which = "test photos" if said.get("test_change") else "photos held back"
    points, low, high = (100 * change[name] for name in ("value", "low", "high"))
    if said.get("best_epoch") == 0:
        return (
            "**No epoch was better than the head alone**, so that one is kept: nothing is gained "
            "and nothing lost."
        )
    told = (
        f"**{points:+.1f} points** on the {which} (between {low:+.1f} and {high:+.1f}, allowing "
        f"for chance): {change['gained']} that were wrong are right, and {change['lost']} that "
        "were right are wrong."
    )
    if low <= 0 <= high:
        return f"{told} With so few photos that is too close to call."
    return told
