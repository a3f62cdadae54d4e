"""A map laid over a photo: how strongly it covers, and how it is enlarged, is a person's choice."""

from __future__ import annotations

from pages.components.assets import component
from pages.components.picture import source

_HTML = """
<figure class="tl overlay">
  <div class="stage">
    <img class="photo" alt="">
    <img class="map" alt="">
  </div>
  <div class="controls">
    <label class="cover"><span>Photo</span><input type="range" min="0" max="100" value="80"
      aria-label="How strongly the map covers the photo"><span>Map</span></label>
    <label class="smooth"><input type="checkbox" checked> Smooth</label>
  </div>
  <figcaption></figcaption>
</figure>
"""

_part = component("overlay", _HTML, "overlay.js", styles=("overlay.css",))


def show(key: str, photo: bytes, shown: bytes, *, alt: str, shape: tuple[int, int]) -> None:
    """Show a map over the photo that it belongs to.

    Args:
        key: Key of the part, the same in every run of the page.
        photo: Encoded square.
        shown: A PNG of ``images.to_heat``; it is stretched over the whole photo.
        alt: What the two show together.
        shape: Height and width of the map, which the line below it names.

    Example:
        >>> show("over", photo, heat, alt="channel 3", shape=(7, 7))  # doctest: +SKIP
    """
    _part(
        key=key,
        data={
            "photo": source(photo),
            "map": source(shown),
            "alt": alt,
            "places": f"{shape[0]} × {shape[1]} places",
        },
    )
