"""Two runs beside each other: one time slider for both, what differs, and how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.components import bars, moment, picture, places, session, sheet, words
from tfcore.methods import METHOD_TITLES
from tfcore.recipes import RECIPE_TITLES
from tfcore.store.comparison import Difference, differences, step_at
from tfcore.store.records import Run, StoredFrame

_ABSENT = "—"
_NEAR = "How sure its network is of what was saved"


@st.fragment
def pictures(left: Run, right: Run) -> None:
    """Draw both pictures and what is seen in them, moved by one slider.

    The slider is a share of each run, so that runs of different length move together.
    """
    share = st.slider(
        "Time: the share of each run that was done",
        0,
        100,
        100,
        format="%d %%",
        key=f"share.{left.id}.{right.id}",
        help="Both pictures move together: half of the way is step 128 of a run with 256 steps "
        "and step 500 of one with 1,000.",
    )
    pair = (("left", left), ("right", right))
    frames = [_frame(run, share / 100) for _, run in pair]
    for (side, run), frame, column in zip(pair, frames, st.columns(2, gap="medium"), strict=True):
        with column:
            _picture(side, run, frame)
    for (side, run), frame, column in zip(pair, frames, st.columns(2, gap="medium"), strict=True):
        with column:
            page = places.page_of(run.kind)
            st.page_link(page, label="Open this run", query_params={"run": run.id})
            bars.show(
                f"versus.bars.{side}",
                moment.seen(run, frame),
                title=f"{side.capitalize()}: what it sees",
                placeholder="This run left no picture.",
            )


def settings(left: Run, right: Run, names: tuple[str, str]) -> None:
    """Name the settings that differ; equal ones are not shown."""
    st.subheader("What differs")
    rows = [
        {
            "Setting": f"{d.title} ({d.unit})" if d.unit else d.title,
            names[0]: _value(d, d.left),
            names[1]: _value(d, d.right),
        }
        for d in differences(left, right)
    ]
    if rows:
        st.table(rows, border="horizontal", hide_index=True)
    else:
        st.markdown(
            "Every setting is the same: unless somebody steered, both ended in the same picture."
        )
    for name, run in zip(names, (left, right), strict=True):
        changed = _steering(run)
        if changed:
            words.note(f":material/bolt: Changed while {name.lower()} grew: {changed}.")


def figures(left: Run, right: Run, names: tuple[str, str]) -> None:
    """Set the final figures beside each other."""
    st.subheader("How they ended")
    sides = [_figures(run) for run in (left, right)]
    rows = [
        {
            "Figure": title,
            names[0]: sides[0].get(title, _ABSENT),
            names[1]: sides[1].get(title, _ABSENT),
        }
        for title in dict.fromkeys([*sides[0], *sides[1]])
    ]
    st.table(rows, border="horizontal", hide_index=True)


def _frame(run: Run, share: float) -> StoredFrame | None:
    store = session.link().store
    step = step_at(store.frame_steps(run.id), share)
    return None if step is None else store.frame(run.id, step)


def _picture(side: str, run: Run, frame: StoredFrame | None) -> None:
    step = frame.step if frame else 0
    picture.show(
        f"versus.{side}",
        moment.image(run, frame),
        alt=f"{side.capitalize()}: {run.title} at step {step}",
        badge=f"{side} · step {step:,} of {run.steps:,}",
        placeholder="This run left no picture.",
        step=frame.step if frame else None,
        state=run.state,
        cells=moment.captions(run, frame),
    )


def _value(difference: Difference, value: Any) -> str:
    """A setting's value as a person says it."""
    if value in (None, ""):
        return "none"
    if difference.name in ("network", "ensemble"):
        return ", ".join(map(words.network, str(value).split(",")))
    if difference.name == "photo":
        return f"photo {str(value)[:6]}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return {**RECIPE_TITLES, **METHOD_TITLES}.get(value, value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _steering(run: Run) -> str:
    """The changes made while it grew, such as ``step 80: variation loss 0.0002 → 0.005``."""
    before = {name: v for name, v in run.settings.items() if isinstance(v, int | float)}
    said = []
    for mark in session.link().store.marks(run.id):
        said.append(f"step {mark.step:,}: {words.changes(before, mark.changes)}")
        before |= mark.changes
    return "; ".join(said)


def _figures(run: Run) -> dict[str, str]:
    """Title to value, in the order in which they are read."""
    summary = run.summary
    said: dict[str, str] = {}
    if "success_png" in summary:
        said["Fooled, in the saved picture"] = "yes" if summary["success_png"] else "no"
        said["Largest change of one value"] = f"{summary['linf_255']:g} / 255"
        said["Root mean square change"] = f"{summary['l2_255']:.2f} / 255"
    if summary.get("probability_png") is not None:
        said["Probability of the target in the saved picture"] = words.percent(
            summary["probability_png"]
        )
    if summary.get("activation_png") is not None:
        said["Mean activation in the saved picture"] = f"{summary['activation_png']:.3g}"
    if summary.get("total_variation") is not None:
        said["Total variation (sum of neighbours' differences)"] = (
            f"{summary['total_variation']:,.0f}"
        )
    for one, judged in zip(sheet.cells(run), summary.get("cells", ()), strict=False):
        said[f"{_NEAR}: {one.caption}"] = sheet.saved(judged)
    said["Time spent stepping"] = words.seconds(run.seconds)
    opinions: Mapping[str, Mapping[str, Any]] = summary.get("second_opinion", {})
    for name, verdict in opinions.items():
        said[f"Second opinion: {words.network(name)}"] = _verdict(name, verdict)
    return said


def _verdict(network: str, verdict: Mapping[str, Any]) -> str:
    if "cells" in verdict:
        first = sum(cell["rank"] == 1 for cell in verdict["cells"])
        return f"target first in {first} of {len(verdict['cells'])} pictures"
    seen = words.class_seen(network, verdict["top5"][0])
    if verdict["rank"] in (None, 1):
        return seen
    return f"{seen}; target on place {verdict['rank']:,}"
