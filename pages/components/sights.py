"""What several networks see in one photo, side by side, and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.components import asking, bars, words
from tfcore import catalog, labels
from tfcore.engine import calls
from tfcore.photos import StartPhoto

Top5 = Sequence[tuple[int, float]]


def show(squares: Mapping[str, StartPhoto]) -> None:
    """Draw a column for each network, and a sentence about all.

    Args:
        squares: What each network sees of the photo.
    """
    st.subheader("What they see")
    said: dict[str, Top5] = {}
    for (name, square), column in zip(squares.items(), st.columns(len(squares)), strict=True):
        with column:
            title = catalog.get(name).title
            heading = st.empty()
            top5 = asking.ask(calls.predict, name, square)
            if top5 is None:
                heading.markdown(f":small[**{title}**]")
                continue
            said[title] = top5
            rows = [bars.Bar(labels.name(index), value) for index, value in top5]
            bars.show(f"look.bars.{name}", rows, title=f"{title} sees")
    if len(said) > 1 and len(said) == len(squares):
        words.note(agreement(said))


def agreement(said: Mapping[str, Top5]) -> str:
    """Whether networks agree, in one or two sentences.

    Args:
        said: Each network's five classes by its title, at least two networks.

    Example:
        >>> agreement({"A": [(281, 0.6)], "B": [(281, 0.9)]})
        'Both say **tabby**.'
    """
    votes: dict[int, list[str]] = {}
    for title, top5 in said.items():
        votes.setdefault(top5[0][0], []).append(title)
    if len(votes) == 1:
        return f"{'Both' if len(said) == 2 else f'All {len(said)}'} say **{_name(*votes)}**."
    parts = [f"**{_name(index)}** ({_and(titles)})" for index, titles in votes.items()]
    shared = set.intersection(*({index for index, _ in top5} for top5 in said.values()))
    first = next(iter(said.values()))
    common = [f"**{_name(index)}**" for index, _ in first if index in shared]
    rest = f"Among the five of each: {_and(common)}." if common else "Their fives share no class."
    return f"They disagree: {_and(parts)}. {rest}"


def _name(index: int) -> str:
    return words.plain(labels.name(index))


def _and(parts: Sequence[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
