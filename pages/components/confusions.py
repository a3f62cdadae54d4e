"""What it takes for what: the table, the commonest mix-ups in words, and the photos of a cell."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.components import confusion, mistakes, tiles, words
from pages.components.confusion import Cell
from pages.components.report_card import Card
from tfcore.evaluation import Photos, Side

_MOST_TILES = 24
_FEW = 12
_MOST_TOLD = 5
_BREEDS, _ANIMALS = "Every class", "Cat or dog"
_PAIR = ("cat", "dog")


def show(card: Card, side: str) -> None:
    """Draw the table of one side, and the photos of the cell that was pressed."""
    part = card.found.sides[side]
    st.subheader(
        "What it takes for what",
        help="A row for each class as it is, a column for each class as it was guessed. What "
        "stands on the diagonal is right; what stands beside it was mixed up (confusion matrix).",
    )
    names, counts = card.classes, part.confusion
    view = _BREEDS
    if part.collapsed is not None:
        view = str(
            st.segmented_control(
                "Classes",
                [_BREEDS, _ANIMALS],
                default=_BREEDS,
                required=True,
                key=f"confusion.view.{card.run.id}",
            )
        )
        if view == _ANIMALS:
            names, counts = _PAIR, part.collapsed.confusion
    kept = drawn(counts)
    key = f"confusion.{card.run.id}.{side}.{view}"
    pick: Cell | None = st.session_state.get(key)
    confusion.show(
        "confusion",
        [names[at] for at in kept],
        [[counts[truth][guess] for guess in kept] for truth in kept],
        f"What it takes for what: rows are what photos show; {part.n} photos",
        pick=(kept.index(pick[0]), kept.index(pick[1])) if pick and {*pick} <= {*kept} else None,
        on_pick=lambda: _pick(key, kept),
    )
    told = mixed_up(names, counts) or "Nothing was mixed up."
    if len(kept) < len(names):
        told += f" Left out: {len(names) - len(kept)} classes without a photo here."
    words.note(told)
    if pick is not None and all(0 <= at < len(names) for at in pick):
        _photos(card, side, rows_of(card, part, pick, as_pair=view == _ANIMALS), names, pick)
    else:
        words.note(":material/touch_app: Press a number to see its photos.")


def drawn(counts: Sequence[Sequence[int]]) -> list[int]:
    """The classes that the table has: all of a few; of many, those that stand in it at all.

    Example:
        >>> drawn([[9, 1], [0, 10]])
        [0, 1]
    """
    every = range(len(counts))
    if len(counts) <= _FEW:
        return list(every)
    return [at for at in every if any(counts[at]) or any(row[at] for row in counts)]


def _pick(key: str, kept: Sequence[int]) -> None:
    """Remember the cell that was pressed, by the numbers of its classes."""
    cell = confusion.picked("confusion")
    if cell is not None and all(0 <= at < len(kept) for at in cell):
        st.session_state[key] = (kept[cell[0]], kept[cell[1]])


def mixed_up(names: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """The commonest mix-ups, in words; empty where there are none.

    Example:
        >>> mixed_up(["cat", "dog"], [[9, 1], [0, 10]])
        'Most often mixed up: cat taken for dog (1 of 10).'
    """
    found = sorted(
        (
            (count, sum(row), names[truth], names[guess])
            for truth, row in enumerate(counts)
            for guess, count in enumerate(row)
            if truth != guess and count
        ),
        reverse=True,
    )
    told = [
        f"{words.plain(truth)} taken for {words.plain(guess)} ({count} of {total})"
        for count, total, truth, guess in found[:_MOST_TOLD]
    ]
    return f"Most often mixed up: {', '.join(told)}." if told else ""


def rows_of(card: Card, side: Side, cell: Cell, *, as_pair: bool) -> list[int]:
    """Rows of the photos that stand in a cell, the surest first.

    Args:
        card: The network.
        side: The figures of one part of the photos.
        cell: Truth and guess.
        as_pair: Whether the cell is one of cats and dogs: a breed whose name begins with a capital
            letter is one of cats.
    """
    photos: Photos = side.photos

    def place(index: int) -> int:
        return int(not card.found.classes[index][:1].isupper()) if as_pair else index

    rows = [
        row
        for row, (truth, guess) in enumerate(zip(photos.truth, photos.guess, strict=True))
        if (place(truth), place(guess)) == cell
    ]
    return sorted(rows, key=lambda row: -photos.confidence[row])


def _photos(card: Card, side: str, rows: Sequence[int], names: Sequence[str], cell: Cell) -> None:
    photos = card.found.sides[side].photos
    truth, guess = (words.plain(names[at]) for at in cell)
    heading = f"{truth}, named right" if cell[0] == cell[1] else f"{truth} taken for {guess}"
    st.markdown(f"**{heading}: {len(rows):,}**")
    picked = f"cell.{card.run.id}.{side}"
    tiles.show(
        "cell",
        [
            tiles.Tile(
                row,
                card.classes[photos.guess[row]],
                f"{words.percent(photos.confidence[row])} sure",
                name=photos.file[row],
                jpeg=card.small(side, row),
            )
            for row in rows[:_MOST_TILES]
        ],
        f"Photos: {heading}",
        on_open=lambda: st.session_state.update({picked: tiles.opened("cell")}),
    )
    if len(rows) > _MOST_TILES:
        words.note(f"{_MOST_TILES} of them are shown, the surest first.")
    row = st.session_state.get(picked)
    if isinstance(row, int) and row in rows:
        mistakes.look_into(card, side, row)
