"""The pictures of a finished what-if run one by one: what others see in them, and each to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages.components import address, keep, session, sheet, words
from tfcore import classes
from tfcore.errors import UserError
from tfcore.store import export
from tfcore.store.records import Run

_TILE = 140

Verdict = Mapping[str, Any]


def opinions(run: Run, cells: Sequence[sheet.Cell]) -> None:
    """A row for each picture, a column for each network that was asked."""
    judged = run.summary.get("cells", [])
    others: Mapping[str, Verdict] = run.summary.get("second_opinion", {})
    if not judged or (not others and run.is_settled):
        return
    keep.heading()
    own, network = "Its own network", str(run.settings["network"])
    if run.settings["vary"] != "network":
        own = f"{words.network(network)}, its own"
    verdicts = {words.network(name): verdict["cells"] for name, verdict in others.items()}
    st.table(
        table(network, cells, {own: [as_others(cell) for cell in judged], **verdicts}),
        hide_index=True,
        border="horizontal",
        alt="What each network sees in each picture",
    )
    waiting = "" if run.is_settled else f" And {keep.coming()}"
    words.note(f"In brackets: the target's place among {_count(network)} classes.{waiting}")


def _count(network: str) -> str:
    try:
        return f"{classes.of(network).count:,}"
    except UserError:
        return "its"  # gone


def table(
    network: str, cells: Sequence[sheet.Cell], verdicts: Mapping[str, Sequence[Verdict]]
) -> dict[str, list[str]]:
    """What stands in the table.

    Args:
        network: One that knows the classes: all that are asked know the same.
        cells: The pictures, a row each.
        verdicts: A network's title to what it says of each picture.

    Returns:
        Columns by their headings; texts in Markdown, bold where the target comes first.
    """
    columns = {"Picture": [cell.caption for cell in cells]}
    for title, row in verdicts.items():
        columns[title] = [
            said(network, verdict, is_class=cell.target.class_index is not None)
            for cell, verdict in zip(cells, row, strict=True)
        ]
    return columns


def said(network: str, verdict: Verdict, *, is_class: bool) -> str:
    """A verdict in few words.

    Example:
        >>> said("vgg16", {"top5": [(340, 0.4)], "rank": 7}, is_class=True)
        'zebra 40 % (7)'
    """
    text = words.class_seen(network, verdict["top5"][0])
    if not is_class:
        return text
    if verdict["rank"] == 1:
        return f"**{text}**"
    return f"{text} ({verdict['rank']:,})" if verdict["rank"] else f"{text} (–)"


def as_others(judged: Mapping[str, Any]) -> Verdict:
    """A cell's own figures in the form in which other networks give theirs.

    Only the five likeliest classes are on record: a target further back has no place here.
    """
    indices = [five["index"] for five in judged["top5"]]
    wanted = judged["target_index"]
    return {
        "top5": [(five["index"], five["probability"]) for five in judged["top5"]],
        "rank": indices.index(wanted) + 1 if wanted in indices else None,
    }


@st.cache_data(max_entries=32, show_spinner=False)
def _pictures(run: str, step: int, _record: Run) -> list[bytes]:
    """Cutting a sheet takes longer than a tick may; a run that has ended keeps its picture."""
    return export.cell_pngs(session.link().store, _record)


def show(run: Run, cells: Sequence[sheet.Cell]) -> None:
    """Each picture of its own, without words on it: to keep, and to grow alone."""
    if run.state.is_live or not cells:
        return
    pictures = _pictures(run.id, run.step, run)
    if not pictures:
        return
    st.markdown("**Each picture by itself**")
    with st.grid(min_column_width=_TILE, key="pieces"):
        for index, (cell, png) in enumerate(zip(cells, pictures, strict=True)):
            with st.container(border=True, gap="small"):
                st.image(png, alt=f"{run.title}: {cell.caption}", width="stretch")
                st.markdown(f"**{cell.caption}** · {sheet.saved(run.summary['cells'][index])}")
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
                if run.kind == "attack":
                    continue  # it needs the photo, which no address carries
                st.link_button(
                    "Grow alone",
                    f"?{urlencode(address.query(cell.settings))}",
                    key=f"grow_cell_{index}",
                    icon=":material/open_in_new:",
                    type="tertiary",
                    help="Opens the form with this picture's settings in a new tab",
                )
