"""How good a trained network is, in plain words, and each figure with what it means."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.components import accuracies, words
from pages.components.accuracies import Row, Share
from pages.components.report_card import SIDES, TEST, VALIDATION, Card
from tfcore.evaluation import Side

_HELP = {
    "Balanced": "The mean of how well each class is told: a small class counts as much as a large "
    "one. Much lower than the share of all photos means that small classes suffer (balanced "
    "accuracy)",
    "Among its first three": "How often the right class is one of its three likeliest guesses "
    "(top-3 accuracy)",
    "Even score": "For each class, both how many of its photos are found and how many of the "
    "guesses are right, in one figure; then the mean over classes (macro-F1). 100 % is perfect",
    "Off by": "By how much its percentages miss on average: of photos that it is 90 % sure of, 90 "
    "of 100 should be right (expected calibration error)",
}


def show(card: Card) -> None:
    """Draw a sentence, the shares with their intervals, and the other figures by side."""
    sides = card.found.sides
    side = sides.get(TEST) or sides[VALIDATION]
    st.markdown(sentence(side, is_test=TEST in sides))
    chance = guessing(side)
    accuracies.show(
        "card.shares",
        [
            Row("", SIDES[name], [Share(one.accuracy, one.ci_low, one.ci_high, one.n, chance)])
            for name, one in sides.items()
            if name in SIDES
        ],
        ["Named right"],
        "Photos that are named right",
        first="Asked about",
    )
    for name, one in _ordered(sides):
        if len(sides) > 1:
            words.note(f"**{SIDES[name]}**")
        with st.container(horizontal=True, key=f"figures.{name}"):
            for label, value in figures(one).items():
                st.metric(label, value, help=f"{_HELP[label]}.")
    if side.collapsed is not None:
        st.markdown(collapsed(side))


def _ordered(sides: Mapping[str, Side]) -> list[tuple[str, Side]]:
    return [(name, sides[name]) for name in SIDES if name in sides]


def sentence(side: Side, *, is_test: bool = False) -> str:
    """The share of photos that are named right, with its interval, for everybody.

    Args:
        side: The figures.
        is_test: Whether they are of an untouched test folder.
    """
    which = "of the untouched test folder" if is_test else "that it never learned from"
    low, high = 100 * side.ci_low, 100 * side.ci_high
    return (
        f"Of 100 photos {which}, it names **{100 * side.accuracy:.0f}** right (between {low:.0f} "
        f"and {high:.0f}, allowing for chance: {side.n:,} were asked). Always naming the largest "
        f"class would be right for {100 * guessing(side):.0f}."
    )


def guessing(side: Side) -> float:
    """What always naming the largest class would reach."""
    return max((one.n for one in side.per_class), default=0) / max(1, side.n)


def figures(side: Side) -> dict[str, str]:
    """The other figures, ready to be read."""
    return {
        "Balanced": f"{100 * side.balanced_accuracy:.1f} %",
        **(
            {"Among its first three": f"{100 * side.top3:.1f} %"} if len(side.per_class) > 3 else {}
        ),
        "Even score": f"{100 * side.macro_f1:.1f} %",
        "Off by": f"{100 * side.ece:.1f} points",
    }


def collapsed(side: Side) -> str:
    """The share of photos whose animal is right, whatever the breed; empty where there is none."""
    both = side.collapsed
    if both is None:
        return ""
    return (
        f"**Cat or dog?** Whatever the breed, it takes **{100 * both.accuracy:.1f}** of 100 photos "
        f"for the right animal (between {100 * both.ci_low:.1f} and {100 * both.ci_high:.1f})."
    )
