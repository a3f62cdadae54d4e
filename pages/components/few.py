"""How few photos are enough: accuracy over the number of photos that a head is taught with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import streamlit as st

from pages.components import chart, launch, session, words
from pages.components.chart import Axis, Line
from pages.components.report_card import Card
from tfcore.intervals import student
from tfcore.learning_curve import Point
from tfcore.store.records import Run
from tfcore.store.runs import MetricRow

_NEAR = 0.02
"""So much below the best a curve counts as having arrived."""
_DRAW = ("#D55E00", "#E8772A")
_KEY = "few.chart"


def ask(card: Card) -> None:
    """Draw the newest curve of these photos, or the button that makes one."""
    if card.extract is None or card.run.kind != "train":
        return
    st.subheader(
        "How few photos are enough?",
        help="Heads like this one are taught with one photo of each class, then with more and "
        "more, each number several times with other photos. All are asked about the same "
        "photos, from which none of them learns.",
    )
    known = newest(card.extract.id)
    if known is not None:
        _drawn(known)
        st.page_link("pages/train.py", label="Open this curve", query_params={"run": known.id})
        return
    words.note("Thirty small trainings, usually less than a minute: you can watch.")
    if st.button("Find out", icon=":material/show_chart:", key="few.go"):
        launch.attempt(
            {
                "kind": "curve",
                "extract": card.extract.id,
                "hidden": card.run.settings.get("hidden", ""),
            }
        )


def newest(extract: str) -> Run | None:
    """The last finished curve of an extraction."""
    finished = session.link().store.finished("curve")
    return next((run for run in finished if run.settings["extract"] == extract), None)


def body(run: Run, waiting: str) -> None:
    """The middle of the page of such a run: the chart as far as it is known, and what it says."""
    if waiting:
        words.note(f":material/hourglass_empty: {waiting}")
    _drawn(run)
    words.note(
        "Each dot is a training with other photos, the line is their mean, and the upright lines "
        "allow for chance. **Ask yourself:** would you rather take more photos, or better ones?"
    )


def _drawn(run: Run) -> None:
    store = session.link().store
    rows = store.all_metrics(run.id)
    points = points_of(rows)
    if not points:
        words.note("The first point is on its way …" if run.state.is_live else "Nothing is known.")
        return
    chart.show(
        _KEY,
        lines(points),
        Axis(
            "photos that it learned from",
            points[0].photos,
            max(points[-1].photos, points[0].photos + 1),
            is_log=True,
            ticks=[point.photos for point in points],
        ),
        Axis("named right", 0, 1, is_share=True, ticks=(0, 0.25, 0.5, 0.75, 1)),
        "Share of photos named right, by how many it learned from",
    )
    if not run.state.is_live:
        st.markdown(verdict(points, float(run.summary.get("chance", 0.0))))


def points_of(rows: Sequence[MetricRow]) -> list[Point]:
    """What is known so far of each number of photos, the smallest first."""
    reached: dict[int, list[float]] = defaultdict(list)
    for _, values in rows:
        if "photos" in values:
            reached[int(values["photos"])].append(values["accuracy"])
    found = []
    for photos, shares in sorted(reached.items()):
        low, high = student(shares) if len(shares) > 1 else (None, None)
        found.append(
            Point(
                photos=photos,
                of_each=0,
                accuracies=tuple(shares),
                mean=sum(shares) / len(shares),
                ci_low=None if low is None else max(0.0, low),
                ci_high=None if high is None else min(1.0, high),
            )
        )
    return found


def lines(points: Sequence[Point]) -> list[Line]:
    """The mean with its intervals, and every single training as a small dot."""
    mean = [
        chart.Point(
            point.photos,
            point.mean,
            point.ci_low,
            point.ci_high,
            0.3,
            f"{point.photos:,} photos: {words.percent(point.mean)} named right",
        )
        for point in points
    ]
    single = [
        chart.Point(point.photos, share, weight=0.02)
        for point in points
        for share in point.accuracies
    ]
    return [Line("Mean", mean), Line("One training", single, *_DRAW, is_joined=False)]


def verdict(points: Sequence[Point], chance: float) -> str:
    """From how many photos on more of them bring little, in a sentence.

    Args:
        points: The smallest number of photos first.
        chance: What always naming the largest class would reach.
    """
    last = points[-1]
    enough = next(point for point in points if point.mean >= last.mean - _NEAR)
    most = f"all {last.photos:,} photos reach {100 * last.mean:.0f} %"
    guess = f" Guessing would reach {100 * chance:.0f} %." if chance else ""
    if enough is last:
        return f"**More photos would still help:** {most}, and it rises to the end.{guess}"
    return (
        f"**{enough.photos:,} photos are nearly enough:** with them it names "
        f"{100 * enough.mean:.0f} % right, and {most}.{guess}"
    )
