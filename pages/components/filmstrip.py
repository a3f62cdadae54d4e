"""The film strip: how the picture grew, a row of thumbnails to press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.components import increments
from pages.components.assets import component
from pages.components.picture import source

__all__ = ["FilmFrame", "show", "since"]

_LIMIT = 120

_HTML = """
<div class="tl film">
  <ol aria-label="Film strip: the picture at earlier steps"></ol>
  <p class="empty">Thumbnails gather here while the picture grows.</p>
</div>
"""

_part = component("filmstrip", _HTML, "accumulate.js", "filmstrip.js", styles=("filmstrip.css",))


@dataclass(frozen=True)
class FilmFrame:
    """One thumbnail.

    Attributes:
        step: Step it was taken at.
        thumb: Encoded JPEG or PNG, about 96 pixels a side.
    """

    step: int
    thumb: bytes


def since(key: str, run: str) -> int:
    """Step after which the strip wants frames; 0 wants all, thinned.

    Args:
        key: Key given to ``show``.
        run: Identifier of the run.

    Returns:
        The step before the first frame that is wanted.

    Example:
        >>> since("film", "run-1")  # doctest: +SKIP
        0
    """
    return increments.since(key, run)


def show(
    key: str,
    frames: Sequence[FilmFrame],
    selected: int | None = None,
    *,
    run: str = "",
    outline: str = "",
) -> int | None:
    """Show the strip, or add frames to the one shown.

    Args:
        key: Key of the part, the same in every tick.
        frames: Frames in the order of their steps: those after ``since(key, run)``, or simply
            all; what the browser has already is not sent again.
        selected: Step of the frame that is shown large now; None follows the newest.
        run: Identifier of the run; another one clears the strip.
        outline: CSS ``clip-path`` of every thumbnail, for sheets that are not full.

    Returns:
        The step of a frame that was just pressed, else None.

    Example:
        >>> show("film", [FilmFrame(8, b"...")], run="run-1")  # doctest: +SKIP
    """
    start = increments.since(key, run)
    new = [frame for frame in frames if start == 0 or frame.step > start]
    if len(new) > _LIMIT:
        stride = (len(new) - 1) / (_LIMIT - 1)
        new = [new[round(index * stride)] for index in range(_LIMIT)]
    answer = _part(
        key=key,
        data={
            "run": run,
            "since": start,
            "steps": [frame.step for frame in new],
            "thumbs": [source(frame.thumb) for frame in new],
            "selected": selected,
            "outline": outline,
        },
        on_resync_change=increments.forget(key),
        on_pick_change=_nothing,
    )
    if new:
        increments.record(key, run, new[-1].step)
    picked = answer.get("pick")
    return picked if isinstance(picked, int) and not isinstance(picked, bool) else None


def _nothing() -> None:
    """The value is read from the result; Streamlit wants a callback all the same."""
