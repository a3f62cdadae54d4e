"""The pictures of a finished what-if run one by one: what others see in them, and each to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages.components import address, keep, session, sheet, words
from tfcore import catalog
from tfcore.store import export
from tfcore.store.records import Run

_TILE = 160


def opinions(run: Run, cells: Sequence[sheet.Cell]) -> None:
    """A row for each picture, a column for each network that was asked."""
    verdicts: Mapping[str, Mapping[str, Any]] = run.summary.get("second_opinion", {})
    judged = run.summary.get("cells", [])
    if not judged or (not verdicts and run.is_settled):
        return
    keep.heading()
    own = catalog.get(str(run.settings["network"])).title
    columns = {
        "Its own network" if run.settings["vary"] == "network" else f"{own}, its own": judged
    }
    for name, verdict in verdicts.items():
        columns[catalog.get(name).title] = verdict["cells"]
    st.markdown(
        table([cell.caption for cell in cells], [cell.target.name for cell in cells], columns)
    )
    if not run.is_settled:
        words.note("Asking the next network …")


def table(
    captions: Sequence[str],
    wanted: Sequence[str],
    columns: Mapping[str, Sequence[Mapping[str, Any]]],
) -> str:
    """The verdicts as a table in Markdown.

    Args:
        captions: A row each.
        wanted: The name of each row's target.
        columns: Heading to the verdicts of that column, a row each.
    """
    lines = [["Picture", *columns], ["---"] * (len(columns) + 1)]
    for index, caption in enumerate(captions):
        said = [_said(verdicts[index], wanted[index]) for verdicts in columns.values()]
        lines.append([caption, *said])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _said(verdict: Mapping[str, Any], target: str) -> str:
    """A cell judged by its own network has names and figures, one judged by another has pairs."""
    first = verdict["top5"][0]
    if isinstance(first, Mapping):
        pairs = [(five["index"], five["probability"]) for five in verdict["top5"]]
        places = [place for place, five in enumerate(verdict["top5"], 1) if five["name"] == target]
        verdict = {"top5": pairs, "rank": places[0] if places else None}
    said = words.verdict(verdict, target)
    return f"**{said}**" if verdict["rank"] == 1 else said


def show(run: Run, cells: Sequence[sheet.Cell]) -> None:
    """Each picture of its own, without words on it: to keep, and to grow alone."""
    if run.state.is_live or not cells:
        return
    pictures = export.cell_pngs(session.link().store, run)
    if not pictures:
        return
    st.markdown("**Each picture by itself**")
    with st.grid(min_column_width=_TILE, key="pieces"):
        for index, (cell, png) in enumerate(zip(cells, pictures, strict=True)):
            with st.container(border=True):
                st.image(png, alt=f"{run.title}: {cell.caption}", width="stretch")
                st.markdown(f"**{cell.caption}**")
                st.download_button(
                    "PNG",
                    png,
                    f"{run.id}-cell-{index}.png",
                    "image/png",
                    key=f"keep_cell_{index}",
                    icon=":material/download:",
                    help=f"The picture of {cell.caption}, cut out of the sheet without loss",
                    on_click="ignore",
                    width="stretch",
                )
                st.link_button(
                    "Grow this one alone",
                    f"?{urlencode(address.query(cell.settings))}",
                    help="Opens the form with this picture's settings in a new tab",
                    width="stretch",
                )
