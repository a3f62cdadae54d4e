"""Can its percentages be believed? Stated and met probability, before and after cooling."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.components import chart, words
from pages.components.chart import Axis, Line, Point
from pages.components.report_card import Card
from tfcore.evaluation import Side
from tfcore.intervals import wilson

_NEAR = 0.03
_MOST_DOTS = 8
_BEFORE = ("#5F6B7A", "#B4BCC8")

Bin = tuple[float, float, int]
"""Mean confidence, share that is right, and number of photos."""


def show(card: Card, side: str) -> None:
    """Draw how often it is right when it says how sure it is."""
    part = card.found.sides[side]
    st.subheader(
        "Can you believe how sure it is?",
        help="Photos are put together by how sure it was. On the dotted line it is right exactly "
        "as often as it says; below the line it is too sure of itself (reliability diagram).",
    )
    if not part.reliability:
        words.note("Not known: too few photos were asked.")
        return
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        chart.show(
            "calibration",
            lines(part),
            Axis("how sure it was", 0, 1, is_share=True, ticks=(0, 0.25, 0.5, 0.75, 1)),
            Axis("how often it was right", 0, 1, is_share=True, ticks=(0, 0.25, 0.5, 0.75, 1)),
            "How often it was right, by how sure it was",
            diagonal=True,
            square=True,
        )
    with right:
        st.markdown(verdict(part))
        words.note(temperature(card.found.temperature, part))


def lines(side: Side) -> list[Line]:
    """The two lines of the chart; only one where nothing is known of before."""
    least = side.n / _MOST_DOTS
    found = [Line("As it answers now", _points(side.reliability, least, with_interval=True))]
    if side.reliability_before:
        found.append(
            Line(
                "As it answered before",
                _points(side.reliability_before, least),
                *_BEFORE,
                is_faint=True,
            )
        )
    return found


def merged(bins: Sequence[Bin], least: float) -> list[Bin]:
    """Neighbouring bins taken together until each stands for enough photos to say something.

    Args:
        bins: From the least sure to the surest.
        least: Photos that a bin must have.

    Example:
        >>> merged([(0.5, 1.0, 1), (0.6, 0.0, 1), (0.9, 1.0, 8)], 2)
        [(0.55, 0.5, 2), (0.9, 1.0, 8)]
    """
    found: list[Bin] = []
    for one in bins:
        if found and found[-1][2] < least:
            found[-1] = _together(found[-1], one)
        else:
            found.append(one)
    if len(found) > 1 and found[-1][2] < least:
        last = found.pop()
        found[-1] = _together(found[-1], last)
    return found


def _together(first: Bin, second: Bin) -> Bin:
    count = first[2] + second[2]
    confidence, accuracy = (
        (a * first[2] + b * second[2]) / count for a, b in zip(first[:2], second[:2], strict=True)
    )
    return confidence, accuracy, count


def _points(bins: Sequence[Bin], least: float, *, with_interval: bool = False) -> list[Point]:
    bins = merged([one for one in bins if one[2]], least)
    most = max(count for *_, count in bins)
    return [
        Point(
            confidence,
            accuracy,
            low,
            high,
            weight=count / most,
            said=f"{count} photos: {words.percent(confidence)} sure, "
            f"{words.percent(accuracy)} right",
        )
        for confidence, accuracy, count in bins
        for low, high in [wilson(round(accuracy * count), count) if with_interval else (None, None)]
    ]


def verdict(side: Side) -> str:
    """Whether it is too sure, too modest, or about right."""
    count = sum(n for *_, n in side.reliability)
    stated = sum(c * n for c, _, n in side.reliability) / count
    gap = stated - side.accuracy
    if abs(gap) < _NEAR:
        said = "On the whole it is right **about as often as it says**"
    elif gap > 0:
        said = "It is **too sure of itself**"
    else:
        said = "It is **more modest than it need be**"
    return (
        f"{said}: it states {words.percent(stated)} on average, and {words.percent(side.accuracy)} "
        f"of the photos are right. Its percentages miss by {100 * side.ece:.1f} points on average."
    )


def temperature(value: float, side: Side) -> str:
    """What was done about it, for beginners."""
    if value > 1:
        did = "It had been too sure, so its scores were cooled"
    elif value < 1:
        did = "It had been too modest, so its scores were warmed"
    else:
        return "Its scores were left as they are."
    return (
        f"{did}: divided by {value:.2f} before they become probabilities (temperature scaling). "
        f"No guess changes by that. Before, they missed by {100 * side.ece_before:.1f} points. "
        "Large dots stand for many photos; the upright lines allow for chance."
    )
