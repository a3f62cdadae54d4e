"""The form of a scan: an installed set, one to download, a folder or a zip; and its classes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.components import address, knobs, named_sets, trail, words
from pages.components.launch import Request
from tfcore import parsing
from tfcore.config import config
from tfcore.datasets import packaged, published, sources
from tfcore.errors import UserError
from tfcore.settings import ScanSettings
from tfcore.settings.scan import LABELLINGS
from tfcore.store.records import Run

_INSTALLED, _NAMED, _FOLDER, _ARCHIVE = "Installed", "Download", "Folder", "Zip"
_ABOUT = {
    "textures": "Brick, grass and gravel: tiles cut from three photos, none overlapping another.",
    "digits": "1,797 handwritten digits, small and gray: a totally different kind of image.",
    "faces": "100 faces and 100 cut-outs that show none, 25 pixels wide.",
}
_WAYS = {"breeds": "37 breeds", "cat-or-dog": "Cat or dog"}


def show(run: Run | None) -> Request | None:
    """Draw the form.

    Args:
        run: The run on this page; its settings fill the form when the address says nothing else.

    Returns:
        What to start, when the button was pressed and everything is in order.
    """
    runs = [*trail.behind(run), run] if run is not None else []
    scan = next((one for one in runs if one.kind == "scan"), None)
    given = address.read(scan, "scan")
    values: dict[str, Any] = {"kind": "scan"}
    data = _source(str(given["data"]))
    # What suits a named data set leaves the photos of another without a class.
    said = str(given["labelling"]) if (data in LABELLINGS) == (given["data"] in LABELLINGS) else ""
    if labelling := _labelling(data, said):
        values["labelling"] = labelling
    pressed = st.button(
        "Look through it" if named_sets.is_here(data) else "Download and look through it",
        type="primary",
        icon=":material/search:",
        key="scan",
        width="stretch",
        disabled=not data,
    )
    if not data:
        return None
    try:
        settings = parsing.parse({**values, "data": data})
        sources.check(data, config())
    except UserError as error:
        words.complain(error)
        return None
    address.write(settings)
    return Request(settings) if pressed else None


def _source(given: str) -> str:
    """Where the data set comes from; empty while nothing was chosen."""
    offered = [_INSTALLED, _NAMED, _FOLDER, _ARCHIVE]
    if config().demo:
        offered.remove(_FOLDER)
    first = _kind_of(given)
    source = st.pills(  # four do not fit beside each other in the narrow column
        "Where from",
        offered,
        default=first if first in offered else _INSTALLED,
        required=True,
        wrap=True,
        key="scan.source",
    )
    words.note(
        "Textures, digits and faces are there at once. **Cats and dogs** need a download, or your "
        "own folder or zip with one sub-folder a class."
    )
    if source == _NAMED:
        return named_sets.show(given)
    if source == _INSTALLED:
        names = list(packaged.names())
        index = names.index(given) if given in names else 0
        name = str(st.selectbox("Which", names, index=index, key="scan.installed"))
        words.note(_ABOUT[name])
        return name
    if source == _FOLDER:
        shown = given if first == _FOLDER else ""
        path = st.text_input(
            "Folder",
            value=shown,
            key="scan.folder",
            placeholder="/home/me/pets",
            help="A folder on the machine that runs this lab, with one sub-folder a class. "
            "Nothing in it is moved or changed.",
        )
        return path.strip()
    return _archive(given if first == _ARCHIVE else "")


def _labelling(data: str, given: str) -> str:
    """How classes are told, where there is a choice; empty where the data set leaves none."""
    ways = LABELLINGS.get(data)
    if ways is None:
        return knobs.choice("labelling", given, scope="scan", of=ScanSettings)
    if len(ways) == 1:
        return ""
    return str(
        st.radio(
            str(ScanSettings.model_fields["labelling"].title),
            ways,
            index=ways.index(given) if given in ways else 0,
            format_func=_WAYS.get,
            horizontal=True,
            key=f"scan.labelling.{data}",
        )
    )


def _kind_of(data: str) -> str:
    if data in packaged.names():
        return _INSTALLED
    if data in published.names():
        return _NAMED
    return _ARCHIVE if data.startswith("upload:") else _FOLDER


def _archive(given: str) -> str:
    """A zip that was handed in; it is kept once, by the digest of its bytes."""
    taken = st.file_uploader(
        "Zip archive",
        type=["zip"],
        key="scan.zip",
        max_upload_size=config().max_archive_mb,
        help="One folder a class inside. Its file names are never used on disk.",
    )
    if taken is None:
        return given
    kept = st.session_state.get("scan.kept")
    if kept is None or kept[0] != taken.file_id:
        with st.spinner("Keeping the archive …"):
            st.session_state["scan.kept"] = kept = (taken.file_id, sources.keep(taken, config()))
    return str(kept[1])
