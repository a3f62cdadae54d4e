"""The mistakes that a trained network is surest of, as photos; and why it made one of them."""

from __future__ import annotations

import streamlit as st

from pages.components import asking, overlay, tiles, words
from pages.components.report_card import Card
from tfcore.engine import calls
from tfcore.evaluation import Photos
from tfcore.images import from_heat
from tfcore.photos import StartPhoto

_SHOWN = 12


def show(card: Card, side: str) -> None:
    """Draw the mistakes, the surest first, and the one that was pressed."""
    photos = card.found.sides[side].photos
    wrong = worst(photos)
    st.subheader(
        "Its surest mistakes",
        help="Photos whose class it got wrong, the ones it was surest of first. They tell most: "
        "a wrong label, two things in one photo, or what it really looks at.",
    )
    if not wrong:
        st.success(
            f"It named all {len(photos.truth):,} photos right.", icon=":material/celebration:"
        )
        return
    picked = st.session_state.get(_key(card, side))
    tiles.show(
        "mistakes",
        [
            tiles.Tile(
                row,
                card.classes[photos.guess[row]],
                f"{words.percent(photos.confidence[row])} sure · is "
                f"{card.classes[photos.truth[row]]}",
                name=photos.file[row],
                jpeg=card.small(side, row),
            )
            for row in wrong[:_SHOWN]
        ],
        "Its surest mistakes, by what it took them for",
        side=112,
        on_open=lambda: _pick(card, side, tiles.opened("mistakes")),
    )
    if len(wrong) > _SHOWN:
        words.note(f"{_SHOWN} of {len(wrong):,} mistakes. All are in the table below.")
    if isinstance(picked, int) and 0 <= picked < len(photos.truth):
        look_into(card, side, picked)
    else:
        words.note(":material/touch_app: Press a photo to see what it looked at.")


def worst(photos: Photos) -> list[int]:
    """Rows of the photos that were named wrong, the surest first.

    Example:
        >>> worst(photos)[:2]  # doctest: +SKIP
        [7, 31]
    """
    wrong = [
        row for row, (t, g) in enumerate(zip(photos.truth, photos.guess, strict=True)) if t != g
    ]
    return sorted(wrong, key=lambda row: -photos.confidence[row])


def look_into(card: Card, side: str, row: int) -> None:
    """Draw one photo large, what was said of it, and which places speak for what."""
    photos = card.found.sides[side].photos
    guess, truth = photos.guess[row], photos.truth[row]
    square = card.square(side, row)
    with st.container(border=True, key="look_into"):
        st.markdown(told(card, photos, row))
        if square is None:
            words.note("This photo is no longer where it was.")
            return
        wanted = [guess, truth if truth != guess else photos.second[row]]
        first, *columns = st.columns(1 + len(wanted), gap="medium")
        with first:
            st.markdown("**The photo**")
            st.image(square.png, alt=f"{card.classes[truth]}: {photos.file[row]}", width="stretch")
        for index, column in zip(wanted, columns, strict=True):
            with column:
                _evidence(card, index, square)
    words.note(
        "The bright places speak for a class (Grad-CAM). Each class has a scale of its own. "
        "**Ask yourself:** does it look at the animal, or at what usually stands around it?"
    )


def told(card: Card, photos: Photos, row: int) -> str:
    """What was said of a photo, in a sentence."""
    guess, truth, second = photos.guess[row], photos.truth[row], photos.second[row]
    names = [words.plain(name) for name in card.classes]
    said = f"{words.percent(photos.confidence[row])} sure"
    if guess == truth:
        return f"**{names[truth]}**, named right ({said}). Its second guess was {names[second]}."
    also = (
        " That was its second guess." if second == truth else f" Its second guess: {names[second]}."
    )
    return f"Taken for **{names[guess]}** ({said}), and its folder says **{names[truth]}**.{also}"


def _evidence(card: Card, index: int, square: StartPhoto) -> None:
    name = words.plain(card.classes[index])
    st.markdown(f"**What speaks for {name}**")
    found = asking.ask(calls.class_activation, card.network, index, square)
    if found is None:
        return
    height, width = from_heat(found["map"]).shape
    overlay.show(
        f"evidence.{index}",
        square.png,
        found["map"],
        alt=f"Where the network finds what speaks for {name}",
        shape=(height, width),
    )


def _key(card: Card, side: str) -> str:
    return f"mistakes.{card.run.id}.{side}"


def _pick(card: Card, side: str, row: int | None) -> None:
    if row is not None:
        st.session_state[_key(card, side)] = row
