"""What the in-place parts need in the browser: their scripts, their styles, and Plotly.

The scripts live in ``frontend/`` as ordinary files. They are read once, when a part is imported,
and handed to Streamlit as strings. Plotly is too large for that: it is copied from the installed
``plotly`` package into ``static/``, where Streamlit serves it and the browser caches it.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_log = logging.getLogger(__name__)

FRONTEND = Path(__file__).resolve().parent / "frontend"
STATIC = Path(__file__).resolve().parents[2] / "static"
PLOTLY = "plotly.min.js"
# Plotly names its version within its first lines.
_HEADER_BYTES = 256
_COMMENT_LINE = re.compile(r"^\s*(//.*)?$")


@functools.cache
def read(*names: str) -> str:
    """Read files of ``frontend/`` into one string.

    Streamlit sends a part's script again with every message, so indentation, empty lines and
    lines that are nothing but a comment are left out of scripts.

    Args:
        *names: File names, joined in this order.

    Returns:
        The text of all files.

    Example:
        >>> read("picture.css").startswith("figure")
        True
    """
    parts = []
    for name in names:
        text = (FRONTEND / name).read_text(encoding="utf-8")
        if name.endswith(".js"):
            text = "\n".join(
                line.strip() for line in text.splitlines() if not _COMMENT_LINE.match(line)
            )
        parts.append(text)
    return "\n".join(parts)


def component(
    name: str, html: str, *scripts: str, styles: tuple[str, ...] = (), isolated: bool = True
) -> ComponentRenderer:
    """Register one part with Streamlit.

    Args:
        name: Name of the part, unique in the app.
        html: Fixed markup of the part. User text never belongs here; scripts set it as text.
        *scripts: Script files of ``frontend/``; the last one has the default export.
        styles: Style files of ``frontend/``.
        isolated: Whether the part lives in a shadow root. Plotly cannot.

    Returns:
        The function that mounts the part.
    """
    return st.components.v2.component(
        f"transferlab_{name}",
        html=html,
        js=read(*scripts),
        css=read("base.css", *styles),
        isolate_styles=isolated,
    )


def ensure_plotly(folder: Path = STATIC) -> str | None:
    """Put the installed package's ``plotly.min.js`` where Streamlit serves it.

    Costs two short reads when the file is in place. A file of another version is replaced in one
    move, so that a browser never receives half of it, whichever process comes first.

    Args:
        folder: Folder that is served under ``app/static``.

    Returns:
        None when the file is in place, else one sentence that says why it is not. The curves
        then show their latest values as a table.

    Example:
        >>> ensure_plotly()  # doctest: +SKIP
    """
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        return "The package plotly is not installed, so curves are shown as tables."
    source = Path(spec.origin).parent / "package_data" / PLOTLY
    target = folder / PLOTLY
    try:
        if _fingerprint(target) == _fingerprint(source):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".plotly-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(source.read_bytes())
            Path(name).chmod(0o644)
            Path(name).replace(target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = (
            f"Curves are shown as tables: {PLOTLY} could not be put into {folder} "
            f"({error.strerror or error})."
        )
        _log.warning(reason)
        return reason
    return None


def _fingerprint(file: Path) -> tuple[int, bytes] | None:
    """Size and first bytes, which name the version; None for a file that is not there."""
    try:
        with file.open("rb") as stream:
            return os.fstat(stream.fileno()).st_size, stream.read(_HEADER_BYTES)
    except FileNotFoundError:
        return None
