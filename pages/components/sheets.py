"""Thumbnails for hovering: sheets of 128 photos, made in the background and sent one by one.

The map wants a photo's thumbnail the moment a pointer is over its point. The browser therefore
asks for sheets ahead of time, up to about 1,500 photos; of larger data sets the others come when
they are pointed at. Photos of one class lie near each other in the listing and on the map, so one
sheet mostly serves a whole region.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.components import picture, signals, thumbs
from pages.components.assets import component
from tfcore import images
from tfcore.datasets.records import Photo

__all__ = ["SIZE", "Shop", "paint", "show"]

SIZE, COLUMNS, SIDE = 128, 16, 64
"""Photos of a sheet, photos in a row of it, and the pixels of each."""
_AHEAD = 12
_MOST_KEPT = 128
_WAIT_SECONDS = 0.15
_NOTHING_SHADE = 128
_QUALITY = 78

_part = component(
    "sheets",
    '<div class="tl-sheets"></div>',
    "thumbs.js",
    "sheets.js",
    styles=("sheets.css",),
    isolated=False,
)


@dataclass(frozen=True)
class _Order:
    root: str
    photos: tuple[tuple[str, str], ...]


class Shop:
    """Makes sheets in threads of its own and keeps the last ones, for all visitors together.

    Example:
        >>> images.decode(Shop().order("set", 0, root, photos).result()).shape  # doctest: +SKIP
        (512, 1024, 3)
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="sheets")
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[str, int], Future[bytes]] = OrderedDict()

    def order(
        self, name: str, number: int, root: str, photos: Sequence[Photo | None]
    ) -> Future[bytes]:
        """The sheet that is made, or being made; begun when it was not.

        Args:
            name: What tells the set of photos from others.
            number: Which sheet of it.
            root: The data set's folder.
            photos: The photos of this sheet.
        """
        key = (name, number)
        with self._lock:
            if key not in self._made:
                wanted = tuple((one.file, one.digest) if one else ("", "") for one in photos)
                self._made[key] = self._pool.submit(paint, root, wanted)
            self._made.move_to_end(key)
            while len(self._made) > _MOST_KEPT:
                self._made.popitem(last=False)[1].cancel()
            return self._made[key]


@st.cache_resource(show_spinner=False)
def _shop() -> Shop:
    return Shop()


def paint(root: str, photos: Sequence[tuple[str, str]]) -> bytes:
    """One sheet as JPEG, photos in rows of 16; gray where a photo is gone.

    Args:
        root: The data set's folder.
        photos: File and digest of each.
    """
    rows = -(-len(photos) // COLUMNS)
    sheet = np.full((rows * SIDE, COLUMNS * SIDE, 3), _NOTHING_SHADE, np.uint8)
    for index, (file, digest) in enumerate(photos):
        pixels = thumbs.square(root, file, digest, SIDE) if file else None
        if pixels is not None:
            top, left = SIDE * (index // COLUMNS), SIDE * (index % COLUMNS)
            sheet[top : top + SIDE, left : left + SIDE] = pixels
    return images.to_jpeg(sheet, quality=_QUALITY)


@st.fragment
def show(key: str, name: str, root: str | None, photos: Sequence[Photo | None]) -> None:
    """Draw nothing, and bring thumbnails to the page for as long as it wants any.

    Args:
        key: Key of the part.
        name: What tells this set of photos from others; parts that show them say it too.
        root: The data set's folder; None where it is gone.
        photos: All photos, by their row.
    """
    count = -(-len(photos) // SIZE) if root is not None else 0
    answer = _part(
        key=key,
        data={
            "name": name,
            "size": SIZE,
            "columns": COLUMNS,
            "ahead": min(_AHEAD, count),
            "sheet": _sheet(key, name, root, photos),
        },
        on_ask_change=lambda: _note(key),
    )
    del answer


def _note(key: str) -> None:
    """Remember which sheet was asked for; a turn tells two questions for the same one apart."""
    number = signals.heard(key, "ask")
    turn = st.session_state.get(_asked(key), (0, 0))[1] + 1
    st.session_state[_asked(key)] = (number, turn)


def _sheet(
    key: str, name: str, root: str | None, photos: Sequence[Photo | None]
) -> dict[str, object] | None:
    """What was asked for last, or that it is not ready yet; it is sent once."""
    number, turn = st.session_state.get(_asked(key), (None, 0))
    if root is None or not isinstance(number, int) or not 0 <= number * SIZE < len(photos):
        return None
    mine = photos[number * SIZE : (number + 1) * SIZE]
    sheet = _shop().order(name, number, root, mine)
    try:
        content = sheet.result(timeout=_WAIT_SECONDS)
    except TimeoutError:
        content = b""
    return {
        "number": number,
        "turn": turn,
        "src": picture.source(content) if content else "",
        "columns": COLUMNS,
        "names": [one.shown.rpartition("/")[2] if one else "" for one in mine],
    }


def _asked(key: str) -> str:
    return f"{key}.asked"
