"""What several networks see in one photo, side by side, and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.components import asking, bars, words
from tfcore import classes
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
            title = words.network_title(name)
            heading = st.empty()
            top5 = asking.ask(calls.predict, name, square)
            if top5 is None:
                heading.markdown(f":small[**{words.network(name)}**]")
                continue
            said[name] = top5
            rows = [bars.Bar(words.class_name(name, index), value) for index, value in top5]
            bars.show(f"look.bars.{name}", rows, title=f"{title} sees")
    if len(said) < 2 or len(said) < len(squares):
        return
    if not classes.are_shared(*said):
        words.note("They know different classes, so their answers cannot be compared.")
        return
    named = {
        words.network(name): [words.class_said(name, index) for index, _ in top5]
        for name, top5 in said.items()
    }
    words.note(agreement(named))


def agreement(said: Mapping[str, Sequence[str]]) -> str:
    """Whether networks agree, in one or two sentences.

    Args:
        said: The names of each network's five likeliest classes by its title, both for Markdown;
            at least two networks.

    Example:
        >>> agreement({"A": ["tabby"], "B": ["tabby"]})
        'Both say **tabby**.'
    """
    votes: dict[str, list[str]] = {}
    for title, names in said.items():
        votes.setdefault(names[0], []).append(title)
    if len(votes) == 1:
        return f"{'Both' if len(said) == 2 else f'All {len(said)}'} say **{next(iter(votes))}**."
    parts = [f"**{name}** ({_and(titles)})" for name, titles in votes.items()]
    shared = set.intersection(*map(set, said.values()))
    common = [f"**{name}**" for name in next(iter(said.values())) if name in shared]
    rest = f"Among the five of each: {_and(common)}." if common else "Their fives share no class."
    return f"They disagree: {_and(parts)}. {rest}"


def _and(parts: Sequence[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
