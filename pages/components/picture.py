"""The picture: large, square, swapped in place without a flicker."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from pages.components.assets import component
from tfcore import images

__all__ = ["Cell", "show", "source"]

_HTML = """
<figure class="tl picture">
  <div class="stage">
    <img alt="" hidden>
    <ol class="cells" hidden></ol>
    <p class="wait" role="status"></p>
    <span class="badge" hidden></span>
  </div>
  <figcaption hidden></figcaption>
</figure>
"""

_part = component("picture", _HTML, "picture.js", styles=("picture.css",))

_KINDS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
)


@dataclass(frozen=True)
class Cell:
    """What stands on one picture of a sheet of several.

    Attributes:
        caption: What it is called.
        value: A figure beside the caption; may be empty.
        colour: CSS colour of its curves on a dark ground.
    """

    caption: str
    value: str
    colour: str


def show(
    key: str,
    image: bytes | None,
    alt: str,
    caption: str = "",
    min_side: int = 448,
    pixelated: bool = False,
    placeholder: str = "The picture appears here.",
    step: int | None = None,
    badge: str = "",
    state: str = "",
    cells: Sequence[Cell] = (),
) -> None:
    """Show a picture as large as its column and the window allow.

    Args:
        key: Key of the part, the same in every tick.
        image: Encoded JPEG, PNG or GIF; None shows the placeholder.
        alt: What the picture shows, for those who do not see it.
        caption: Line below it.
        min_side: Side in pixels that it has at least where the column is wide enough.
        pixelated: Whether to enlarge pixels as squares, for pixel-exact views.
        placeholder: What is being waited for, in words.
        step: Step the picture was taken at; the ``data-step`` attribute of its element.
        badge: Short text in its corner, such as ``"step 142"``.
        state: State of the run; the ``data-state`` attribute of the whole part.
        cells: Captions of the pictures when the image is a sheet of several, laid out as
            ``images.montage`` does, row by row.

    Example:
        >>> show("picture", None, "Ideal Siamese cat", placeholder="Warming up")  # doctest: +SKIP
    """
    _part(
        key=key,
        data={
            "src": source(image) if image else None,
            "alt": alt,
            "caption": caption,
            "side": min_side,
            "pixelated": pixelated,
            "placeholder": placeholder,
            "step": step,
            "badge": badge,
            "state": state,
            "cells": [[cell.caption, cell.value, cell.colour] for cell in cells],
            "columns": images.columns_of(max(1, len(cells))),
        },
    )


def source(image: bytes) -> str:
    """Write encoded bytes as a data URL.

    Args:
        image: Encoded JPEG, PNG or GIF.

    Returns:
        The URL; bytes of any other kind get a type that no browser shows as an image.

    Example:
        >>> source(b"GIF89a")
        'data:image/gif;base64,R0lGODlh'
    """
    kind = next((kind for magic, kind in _KINDS if image.startswith(magic)), "application/x-none")
    return f"data:{kind};base64,{base64.b64encode(image).decode('ascii')}"
