"""Images of a totally different kind: two data sets beside each other, and by how much it drops."""

from __future__ import annotations

import streamlit as st

from pages.components import accuracies, scatter, separable, sheets, spaces, walk, words
from pages.components.accuracies import Change, Row, Share
from pages.components.spaces import DataSet, Space
from tfcore import intervals
from tfcore.store.records import Run

BESIDE = "beside"
"""The address carries the other extraction under this name."""
_NONE = ""
_HEIGHT = 360


def show(space: Space) -> None:
    """Draw the choice of a second data set and, with one, both maps and the table."""
    st.subheader(
        "Images of a totally different kind",
        help="A network that learned from photos of animals and things: does it still see anything "
        "in textures, digits, or scans?",
    )
    here = spaces.data_of(space)
    others = {key: one for key, one in spaces.data_sets().items() if key != here.digest}
    if not others:
        words.note(
            "Look through a second data set above, such as the installed **digits**, and extract "
            "its features: then both stand here beside each other."
        )
        return
    other = _choose(others)
    if other is None:
        return
    run, data = other
    there = spaces.open_space(run)
    if there is None:
        words.note("That data set is no longer known.")
        return
    _maps(space, there)
    _table(space, here, data)


def _choose(others: dict[str, DataSet]) -> tuple[Run, DataSet] | None:
    """The second data set: the address's, or one that is chosen here."""
    asked = st.query_params.get(BESIDE, _NONE)
    by_run = {run.id: (run, data) for data in others.values() for run in data.runs.values()}
    options = [_NONE, *by_run]
    if asked and asked not in by_run:
        st.warning("The data set that the address sets beside this one is not here.")
    key = "beside.run"
    if st.session_state.get("beside.asked") != asked:
        st.session_state["beside.asked"] = asked
        st.session_state[key] = asked if asked in by_run else _NONE
    chosen = st.selectbox(
        "Beside this one",
        options,
        key=key,
        format_func=lambda run: (
            f"{by_run[run][1].title} · {spaces.eyes_title(by_run[run][0])}"
            if run
            else "Choose a second data set"
        ),
    )
    if chosen != asked:
        if chosen:
            st.query_params[BESIDE] = chosen
        else:
            st.query_params.pop(BESIDE, None)
        st.session_state["beside.asked"] = chosen
    return by_run.get(chosen)


def _maps(left: Space, right: Space) -> None:
    sheets.show("beside.sheets", right.thumbs, right.root, right.photos)
    pair = (("left", left), ("right", right))
    for (side, space), column in zip(pair, st.columns(2, gap="medium"), strict=True):
        with column:
            title = words.plain(spaces.data_of(space).title)
            st.markdown(f"**{title}** · {words.plain(spaces.eyes_title(space.run))}")
            scatter.show(f"beside.{side}", walk.cloud(space), height=_HEIGHT)


def _table(space: Space, here: DataSet, there: DataSet) -> None:
    rows = []
    for eyes in dict.fromkeys([*here.runs, *there.runs]):
        pair = [(data.runs.get(eyes), data.chance) for data in (here, there)]
        known = next(run for run, _ in pair if run is not None)
        shares = [separable.share(run, chance) if run else None for run, chance in pair]
        is_here = pair[0][0] is not None and pair[0][0].id == space.run.id
        rows.append(Row("", spaces.eyes_title(known), shares, change(*shares), here=is_here))
    accuracies.show(
        "beside.table",
        sorted(rows, key=lambda row: -(row.shares[0].value if row.shares[0] else -1)),
        [here.title, there.title],
        "Photos whose class their neighbours tell, by network and data set",
    )
    first = next((row for row in rows if row.here and row.change), None)
    if first is not None:
        st.markdown(verdict(first, here.title, there.title))


def change(first: Share | None, second: Share | None) -> Change | None:
    """From one data set to the other, with its interval; None where one is not known."""
    if first is None or second is None:
        return None
    low, high = intervals.newcombe(
        (first.value, first.low, first.high), (second.value, second.low, second.high)
    )
    return Change(second.value - first.value, low, high)


def verdict(row: Row, here: str, there: str) -> str:
    """The change in words, and how much of the way from guessing to perfect is left."""
    first, second = row.shares
    if first is None or second is None or row.change is None:
        return ""
    points = 100 * row.change.value
    if row.change.low <= 0 <= row.change.high:
        said = f"{row.title} sees {there} about as well as {here}"
    else:
        moved = "falls" if points < 0 else "rises"
        said = f"{row.title} {moved} by {abs(points):.0f} points from {here} to {there}"
    ways = [100 * beyond(one) for one in (first, second)]
    return (
        f"**{words.plain(said)}.** Guessing is not equally hard in both: of the way from guessing "
        f"to perfect it goes {ways[0]:.0f} % in {words.plain(here)} and {ways[1]:.0f} % in "
        f"{words.plain(there)}."
    )


def beyond(share: Share) -> float:
    """How much of the way from guessing to perfect a share goes: 0 is guessing, 1 is perfect.

    Example:
        >>> beyond(Share(0.75, 0.7, 0.8, 100, 0.5))
        0.5
    """
    chance = share.chance or 0.0
    return (share.value - chance) / (1 - chance) if chance < 1 else 0.0
