"""Walking through a data set: its map, a photo and its neighbours, and what was enclosed."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from pages.components import scatter, sheets, thumbs, tiles, unfolded, words
from pages.components.scatter import Cloud
from pages.components.spaces import Space

PCA, TSNE = "PCA", "t-SNE"
_ALL = -1
_MOST_LISTED, _MOST_TILES = 2000, 48
_WAYS_HELP = (
    "**PCA** turns the cloud of features so that its two longest directions lie flat: what is far "
    "apart here is far apart. **t-SNE** unfolds it: photos that are alike lie together, and the "
    "distance between two groups says little."
)


def show(space: Space, first: str = PCA) -> None:
    """Draw the map and everything that can be picked in it.

    Args:
        space: The data set.
        first: The map that is shown at first.
    """
    sheets.show("sheets", space.thumbs, space.root, space.photos)
    _walk(space, first)


@st.fragment
def _walk(space: Space, first: str) -> None:
    left, right = st.columns([1.9, 1], gap="medium")
    with right:
        chosen, row = _choosers(space)
        _photo(space, row)
    with left:
        way = st.segmented_control(
            "Map", [PCA, TSNE], default=first, key=f"walk.way.{first}", required=True,
            help=_WAYS_HELP,
        )  # fmt: skip
        flat = unfolded.coordinates(space.run.id) if way == TSNE else None
        if way == TSNE and flat is None:
            unfolded.offer(space.run)
        else:
            _map(space, flat, row, chosen)
    _enclosed(space)


def _choosers(space: Space) -> tuple[int | None, int]:
    """A class and a photo, chosen from lists: the way without a pointer."""
    key = _key(space, "photo")
    found = space.found
    counts = Counter(space.numbers)
    chosen = int(
        st.selectbox(
            "Class",
            [_ALL, *range(len(found.classes))],
            key=_key(space, "class"),
            format_func=lambda number: (
                "All classes"
                if number == _ALL
                else f"{found.classes[number].replace('_', ' ')} ({counts[number]})"
            ),
            help="The points of this class stand out on the map.",
        )
    )
    if key not in st.session_state:
        st.session_state[key] = space.oddest
    now = st.session_state[key]
    rows = [row for row, number in enumerate(space.numbers) if chosen in (_ALL, number)]
    if len(rows) > _MOST_LISTED:
        rows = sorted({*rows[:_MOST_LISTED], now})
    if now not in rows:
        st.session_state[key] = rows[0]
    row = st.selectbox(
        "Photo",
        rows,
        key=key,
        format_func=space.name,
        help="Or press a point on the map. The one shown first is the photo whose neighbours agree "
        "least with its class: a hard one, or one with a wrong label.",
    )
    return (None if chosen == _ALL else chosen), int(row)


def _photo(space: Space, row: int) -> None:
    """A photo, and those that the network finds most like it."""
    found = space.found
    label, near = found.labels[row], found.neighbours[row]
    large = thumbs.of(space.root, space.photos[row], side=224)
    if large is not None:
        st.image(large, width=160, alt=f"{label}: {space.name(row)}")
    else:
        words.note("This photo is no longer where it was.")
    said = words.plain(label.replace("_", " "))
    st.markdown(
        f"**{said}** · {space.agreeing(row)} of its {len(near)} neighbours are of its class",
        help="Neighbours are the photos whose features point most nearly in the same direction. "
        "The figure is the cosine of the angle between both: 1 is the same direction, 0 is "
        "nothing in common.",
    )
    tiles.show(
        "neighbours",
        [_tile(space, other, label, value) for other, value in zip(near, found.similarity[row],
         strict=True)],
        "Its nearest neighbours",
        side=72,
        on_open=lambda: _go(space, tiles.opened("neighbours")),
    )  # fmt: skip


def _tile(space: Space, row: int, label: str | None, value: float | None = None) -> tiles.Tile:
    own = space.found.labels[row]
    return tiles.Tile(
        row,
        own,
        "" if value is None else f"{value:.2f}",
        agrees=None if label is None else own == label,
        name=space.name(row),
        jpeg=thumbs.of(space.root, space.photos[row]),
    )


def _map(space: Space, flat: unfolded.Flat | None, row: int, chosen: int | None) -> None:
    scatter.show(
        "map",
        cloud(space, flat),
        pick=row,
        near=space.found.neighbours[row],
        chosen=chosen,
        on_pick=lambda: _go(space, scatter.picked("map")),
        on_select=lambda: _enclose(space, scatter.selected("map")),
    )
    count, total = len(flat.rows) if flat else len(space.photos), space.found.of
    if count < total:
        words.note(f"{count:,} of {total:,} photos are drawn, every class in its share.")


def cloud(space: Space, flat: unfolded.Flat | None = None) -> Cloud:
    """The points of a map: of t-SNE where it is given, else of PCA."""
    found = space.found
    if flat is not None:
        rows, xy, axes = flat.rows, flat.xy, ("", "")
    else:
        rows, xy = range(len(found.pca)), found.pca
        first, second = (f"{100 * share:.0f} %" for share in found.explained)
        axes = (f"first direction: {first} of all differences", f"second direction: {second}")
    return Cloud(
        key=f"{space.run.id}.{flat.run if flat else 'pca'}",
        thumbs=space.thumbs,
        rows=rows,
        xy=xy,
        classes=found.classes,
        numbers=[space.numbers[row] for row in rows],
        axes=axes,
    )


def _enclosed(space: Space) -> None:
    """The photos that were enclosed on the map, as many of each class as there is room for."""
    rows = [r for r in st.session_state.get(_key(space, "rows"), []) if r < len(space.photos)]
    if not rows:
        words.note(
            ":material/highlight_alt: Drag a box around points to see their photos here; press a "
            "point to see its neighbours."
        )
        return
    counts = Counter(space.found.labels[row] for row in rows).most_common()
    told = ", ".join(f"{words.plain(name.replace('_', ' '))} {count}" for name, count in counts[:8])
    more = f" and {len(counts) - 8} more classes" if len(counts) > 8 else ""
    st.markdown(f"**{len(rows):,} photos enclosed**: {told}{more}")
    stride = max(1.0, len(rows) / _MOST_TILES)
    shown = [rows[int(place * stride)] for place in range(min(len(rows), _MOST_TILES))]
    tiles.show(
        "enclosed",
        [_tile(space, row, None) for row in shown],
        "Photos enclosed on the map",
        on_open=lambda: _go(space, tiles.opened("enclosed")),
    )
    if len(shown) < len(rows):
        words.note(f"{len(shown)} of them are shown, evenly drawn.")


def _go(space: Space, row: int | None) -> None:
    """Pick a photo; a class that it is not of stands out no more."""
    if row is None or not 0 <= row < len(space.photos):
        return
    st.session_state[_key(space, "photo")] = row
    if st.session_state.get(_key(space, "class"), _ALL) not in (_ALL, space.numbers[row]):
        st.session_state[_key(space, "class")] = _ALL


def _enclose(space: Space, rows: list[int]) -> None:
    st.session_state[_key(space, "rows")] = rows


def _key(space: Space, what: str) -> str:
    return f"walk.{space.run.id}.{what}"
