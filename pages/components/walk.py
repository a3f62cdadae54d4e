"""Walking through a data set: its map, a photo and its neighbours, and what was enclosed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from pages.components import scatter, sheets, thumbs, tiles, unfolded, words
from pages.components.scatter import Cloud
from pages.components.spaces import Space
from tfcore.similarity.maps import DrawnMap
from tfcore.store.records import Run

PCA, TSNE = "PCA", "t-SNE"
_ALL = -1
_MOST_LISTED, _MOST_TILES = 2000, 48
_WAYS_HELP = (
    "**PCA** turns the cloud of features so that its two longest directions lie flat: what is far "
    "apart here is far apart. **t-SNE** unfolds it: photos that are alike lie together, and the "
    "distance between two groups says little."
)


def show(space: Space, unfolding: Run | None = None) -> None:
    """Draw the map and everything that can be picked in it.

    Args:
        space: The data set.
        unfolding: The run of kind ``map`` that is looked at; None shows the plain map at first,
            and the newest run's beside it.
    """
    sheets.show("sheets", space.thumbs, space.root, space.photos)
    _walk(space, unfolding)


@st.fragment
def _walk(space: Space, unfolding: Run | None) -> None:
    left, right = st.columns([2.2, 1], gap="medium")
    with right:
        chosen, row = _choosers(space)
        _photo(space, row)
    with left:
        way = st.segmented_control(
            "Map",
            [PCA, TSNE],
            default=TSNE if unfolding else PCA,
            key=f"walk.way.{unfolding.id if unfolding else space.run.id}",
            required=True,
            help=_WAYS_HELP,
        )
        if way == PCA:
            _map(space, cloud(space), row, chosen)
        else:
            _unfolded(space, unfolding, row, chosen)
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


def _unfolded(space: Space, unfolding: Run | None, row: int, chosen: int | None) -> None:
    """The map of t-SNE, or how to get one."""
    run = unfolding or unfolded.newest(space.run.id)
    drawn = unfolded.of(run) if run else None
    if run is None or drawn is None:
        with st.container(border=True, key="unfold"):
            st.markdown(
                "**Not unfolded yet.** t-SNE moves the points, step by step, until photos that "
                "are alike lie together. You can watch it."
            )
            unfolded.offer(space.run.id, "Unfold with t-SNE")
        return
    _map(space, cloud(space, run.id, drawn), row, chosen)
    if unfolding is None:
        st.page_link(
            "pages/explore.py",
            label="How it unfolded",
            icon=":material/movie:",
            query_params={"run": run.id},
        )


def _map(space: Space, points: Cloud, row: int, chosen: int | None) -> None:
    scatter.show(
        "map",
        points,
        pick=row,
        near=space.found.neighbours[row],
        enclosed=_rows(space),
        chosen=chosen,
        on_pick=lambda: _go(space, scatter.picked("map")),
        on_select=lambda: _enclose(space, scatter.selected("map")),
    )
    count, total = len(points.rows), space.found.of
    if count < total:
        words.note(f"{count:,} of {total:,} photos are drawn, every class in its share.")


def cloud(space: Space, run: str = "pca", drawn: DrawnMap | None = None) -> Cloud:
    """The points of a map: of t-SNE where it is given, else of PCA.

    Args:
        space: The data set.
        run: The run that drew it.
        drawn: What it drew.
    """
    found = space.found
    rows: Sequence[int] = drawn.rows if drawn else range(len(found.pca))
    axes = ("", "")
    if drawn is None:
        first, second = (f"{100 * share:.0f} %" for share in found.explained)
        axes = (f"first direction: {first} of all differences", f"second direction: {second}")
    return Cloud(
        key=f"{space.run.id}.{run}",
        thumbs=space.thumbs,
        rows=rows,
        xy=drawn.xy if drawn else found.pca,
        classes=found.classes,
        numbers=[space.numbers[row] for row in rows],
        axes=axes,
    )


def _enclosed(space: Space) -> None:
    """The photos that were enclosed on the map, as many of each class as there is room for."""
    rows = _rows(space)
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


def _rows(space: Space) -> list[int]:
    rows: list[int] = st.session_state.get(_key(space, "rows"), [])
    return [row for row in rows if 0 <= row < len(space.photos)]


def _enclose(space: Space, rows: list[int]) -> None:
    st.session_state[_key(space, "rows")] = rows


def _key(space: Space, what: str) -> str:
    return f"walk.{space.run.id}.{what}"
