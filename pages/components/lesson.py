"""The lesson replayed: its experiments as cards, what it printed beside what was measured here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.components import launch, places, session, words
from tfcore import catalog, lessons, parsing
from tfcore.config import config
from tfcore.datasets import sources
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.lessons import Lesson
from tfcore.store.records import Run

_STEPS = {"extract": "features", "train": "head", "finetune": "fine-tuning"}
_NOT_YET = "–"


def show() -> None:
    """Draw the experiments of the lesson's notebooks and what came of them on a data set."""
    scans = session.link().store.finished("scan")
    st.subheader(
        "Replay the lesson",
        help="Microsoft's “AI for Beginners” teaches transfer learning with two notebooks. Here "
        "each of their experiments is a button.",
    )
    if not scans:
        words.note("Look through a data set on Explore first: the lesson takes cats and dogs.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        scan = st.selectbox("Data set", scans, format_func=_named, key="lesson.scan")
        network = str(
            st.selectbox(
                "Network",
                lessons.networks(),
                format_func=lambda name: catalog.get(name).title,
                key="lesson.network",
                help="The lesson takes VGG16; it is offered where its weights are on this machine.",
            )
        )
    chains = {one.name: chain(one, scan, network) for one in lessons.LESSONS}
    _table(chains)
    with st.grid(min_column_width=260):
        for one in lessons.LESSONS:
            with st.container(border=True):
                _card(one, chains[one.name])
    words.note(lessons.DIFFERS)


Link = tuple[dict[str, Any], Run | None]
"""Settings of one run of a chain, and the finished run that had them."""


def chain(lesson: Lesson, scan: Run, network: str) -> list[Link]:
    """The runs that a lesson takes; of those not done yet only the first has all its settings.

    Args:
        lesson: The lesson.
        scan: The data set.
        network: The network.
    """
    photos = int(scan.summary.get("photos", 0))
    wanted = [
        ({**lessons.extraction(network, photos)}, "scan"),
        ({**lessons.training(lesson)}, "extract"),
        *((settings, "head") for settings in lessons.tunings(lesson, network)),
    ]
    found: list[Link] = []
    before: Run | None = scan
    for alone, name in wanted:
        settings = {**alone, name: before.id} if before is not None else alone
        before = _done(settings) if before is not None else None
        found.append((settings, before))
    return found


def _done(settings: Mapping[str, Any]) -> Run | None:
    """The newest finished run with all these settings."""
    whole = parsing.parse(settings).model_dump()
    return next(
        (
            run
            for run in session.link().store.finished(str(settings["kind"]))
            if {**whole, **run.settings} == whole
        ),
        None,
    )


def _named(scan: Run) -> str:
    photos = int(scan.summary.get("photos", 0))
    return f"{sources.title(str(scan.settings['data']))} · {photos:,} photos"


def _card(lesson: Lesson, links: Sequence[Link]) -> None:
    st.markdown(f"**{lesson.title}**")
    words.note(lesson.told)
    words.note(f"**Ask yourself:** {lesson.question}")
    missing = [place for place, (_, run) in enumerate(links) if run is None]
    if not missing:
        last = links[-1][1]
        if last is not None:
            st.page_link(
                places.page_of(last.kind),
                label="Look at it",
                icon=":material/visibility:",
                query_params={"run": last.id},
            )
        return
    place = missing[0]
    settings = links[place][0]
    step = _STEPS[str(settings["kind"])]
    if st.button(
        f"Start its {step} ({place + 1} of {len(links)})",
        icon=":material/play_arrow:",
        key=f"lesson.{lesson.name}",
        help="An experiment is made of several runs; what was done for another one counts. Come "
        "back when this one has ended.",
    ):
        try:
            asked = parsing.parse(settings)
            check_memory(asked, config())
        except UserError as error:
            words.complain(error)
            return
        launch.start(launch.Request(asked))


def _table(chains: Mapping[str, Sequence[Link]]) -> None:
    """What the notebooks print beside what this machine measured on the chosen photos."""
    rows = [row(one, chains[one.name]) for one in lessons.LESSONS]
    st.dataframe(
        {name: [one[name] for one in rows] for name in ("Experiment", "Printed", "Measured here")},
        hide_index=True,
    )


def row(lesson: Lesson, links: Sequence[Link]) -> dict[str, str]:
    """One line of the table.

    Args:
        lesson: The lesson.
        links: Its chain.
    """
    runs = [run for _, run in links if run is not None]
    last = links[-1][1]
    here: dict[str, Any] = {}
    if last is not None:
        before = last.summary.get("before") or {}
        here = {**last.summary, "seconds": sum(run.seconds for run in runs)}
        if last.settings.get("blocks"):  # what a fine-tuning changes is what matters of it
            here["val_loss_before"] = before.get("val_loss")
    return {
        "Experiment": lesson.title,
        "Printed": _figures(lesson.printed),
        "Measured here": _figures(here),
    }


def _figures(said: Mapping[str, Any]) -> str:
    parts = []
    if said.get("val_accuracy") is not None:
        parts.append(f"{100 * float(said['val_accuracy']):.1f} % right")
    if said.get("val_loss") is not None:
        before = said.get("val_loss_before")
        came_from = f"{float(before):.2f} → " if before is not None else ""
        parts.append(f"loss {came_from}{float(said['val_loss']):.2f}")
    if said.get("rollbacks"):
        parts.append(f"rolled back {words.times(len(said['rollbacks']))}")
    if said.get("seconds"):
        parts.append(words.seconds(float(said["seconds"])))
    return ", ".join(parts) or _NOT_YET
