"""Before and after in one place: drag from the one to the other."""

from __future__ import annotations

from pages.components.assets import component
from pages.components.picture import source

_HTML = """
<figure class="tl swipe">
  <div class="stage">
    <img class="after" alt="">
    <img class="before" alt="">
    <span class="name left"></span>
    <span class="name right"></span>
    <span class="line"></span>
    <input type="range" min="0" max="100" value="50">
  </div>
  <figcaption>Drag across the picture: before on the left, after on the right.</figcaption>
</figure>
"""

_part = component("swipe", _HTML, "swipe.js", styles=("swipe.css",))


def show(
    key: str, before: bytes, after: bytes, names: tuple[str, str], *, min_side: int = 448
) -> None:
    """Show two pictures of the same size over each other.

    Args:
        key: Key of the part, the same in every tick.
        before: Encoded picture on the left of the handle.
        after: Encoded picture on its right.
        names: What each is called.
        min_side: Side in pixels that it has at least where the column is wide enough.

    Example:
        >>> show("swipe", photo, fooled, ("dog", "taken for a cat"))  # doctest: +SKIP
    """
    _part(
        key=key,
        data={
            "before": source(before),
            "after": source(after),
            "beforeName": names[0],
            "afterName": names[1],
            "side": min_side,
        },
    )
