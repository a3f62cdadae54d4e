"""The form of a scan: an installed set, a folder, or a zip archive, and how classes are told."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.components import address, knobs, trail, words
from pages.components.launch import Request
from tfcore import parsing
from tfcore.config import config
from tfcore.datasets import packaged, sources
from tfcore.errors import UserError
from tfcore.settings import ScanSettings
from tfcore.store.records import Run

_INSTALLED, _FOLDER, _ARCHIVE = "Installed", "Folder", "Zip"
_ABOUT = {
    "textures": "Brick, grass and gravel: tiles cut from three photos, none overlapping another.",
    "digits": "1,797 handwritten digits, small and gray: a totally different kind of image.",
    "faces": "100 faces and 100 cut-outs that show none, 25 pixels wide.",
}


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
    values["labelling"] = knobs.choice("labelling", given["labelling"], scope="scan", of=_KIND)
    words.note(
        ":material/pets: Cats and dogs are not installed: they need a download of their own, or "
        "your own folder or zip with one sub-folder a class."
    )
    pressed = st.button(
        "Look through it",
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


_KIND = ScanSettings


def _source(given: str) -> str:
    """Where the data set comes from; empty while nothing was chosen."""
    offered = [_INSTALLED, _ARCHIVE] if config().demo else [_INSTALLED, _FOLDER, _ARCHIVE]
    first = _kind_of(given)
    source = st.segmented_control(
        "Where from",
        offered,
        default=first if first in offered else _INSTALLED,
        required=True,
        key="scan.source",
    )
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


def _kind_of(data: str) -> str:
    if data in packaged.names():
        return _INSTALLED
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
