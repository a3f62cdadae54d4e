"""The form of a head: whose features, what kind of head, how it learns, and what is tried.

Titles, help and bounds come from ``tfcore.settings``; what the lesson names as a trick of training
is a setting here, most of them folded away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import streamlit as st

from pages.components import (
    address,
    knobs,
    lesson,
    picture,
    scanned,
    session,
    spaces,
    thumbs,
    tiles,
    trail,
    whatif,
    words,
)
from pages.components.launch import Request
from tfcore import parsing
from tfcore.config import config
from tfcore.datasets import sources
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.settings import TrainSettings
from tfcore.store.records import Run

_FIELDS = TrainSettings.model_fields
_LINEAR, _HIDDEN = "Linear", "Hidden layers"
_FIRST_HIDDEN = "256"
_ABOVE = ("kind", "extract", "test", "hidden", "optimizer", "steps", "vary", "values", "planned")
"""Settings that have a place of their own, or none on the page."""
_NO_TEST = ""
_CHOSEN = "teach.chosen"


def show(run: Run | None) -> Request | None:
    """Draw the form.

    Args:
        run: The run on this page; its settings fill the form when the address says nothing else.

    Returns:
        What to start, when the button was pressed and everything is in order.
    """
    offered = extractions()
    if not offered:
        st.session_state.pop(_CHOSEN, None)
        _nothing_yet()
        return None
    lesson = _lesson(run)
    newest = next(iter(offered))
    given = address.read(lesson, "train", base={"extract": newest})
    asked = str(given["extract"]) if lesson or "extract" in st.query_params else newest
    values: dict[str, Any] = {"kind": "train"}
    values["extract"] = _features(offered, asked)
    values["test"] = _test(offered, values["extract"], str(given["test"]))
    values["hidden"] = _head(str(given["hidden"]))
    with st.container(horizontal=True):
        values["optimizer"] = knobs.choice(
            "optimizer", str(given["optimizer"]), scope="teach", of=TrainSettings
        )
        values["steps"] = knobs.number("steps", given["steps"], scope="teach", of=TrainSettings)
    if run is not None and run.state.is_live and session.is_mine(run):
        # They stand beside the growing curves meanwhile.
        values |= {name: given[name] for name in knobs.sliders(TrainSettings)}
    else:
        knobs.weights(values, given, scope="teach", of=TrainSettings)
    with st.expander("Expert settings", icon=":material/build:"):
        _expert(values, given)
    values |= whatif.show(given, values, TrainSettings)
    pressed = st.button(
        "Teach it", type="primary", icon=":material/school:", key="teach", width="stretch"
    )
    try:
        settings = parsing.parse(values)
        check_memory(settings, config())
    except UserError as error:
        words.complain(error)
        return None
    address.write(settings)
    return Request(settings) if pressed else None


def empty() -> None:
    """What the page shows before the first run."""
    _to_tell_apart()
    lesson.show()


def _to_tell_apart() -> None:
    """A few of the photos of each class, or what has to be done first."""
    extract = session.link().store.run(st.session_state.get(_CHOSEN, ""))
    scan = session.link().store.run(str(extract.settings["scan"])) if extract else None
    listed = scanned.listing_of(scan.id) if scan is not None else None
    root = scanned.root_of(scan)
    if listed is None or root is None:
        first = "Press “Teach it” and watch it learn here."
        if extract is None:
            first = "A network learns from photos: bring some on Explore, and come back."
        picture.show("picture", None, alt="Nothing has been taught yet", placeholder=first)
        return
    st.subheader("Can it learn to tell these apart?")
    words.note("Press “Teach it” and watch. It takes seconds: the features are known already.")
    tiles.show(
        "teach.photos",
        [
            tiles.Tile(
                row,
                photo.label,
                name=photo.shown,
                jpeg=thumbs.small(root, photo.file, photo.digest),
            )
            for row, photo in enumerate(scanned.some(listed))
        ],
        "Some of the photos that it will learn from",
        side=112,
    )


def extractions() -> dict[str, Run]:
    """Every finished extraction whose photos have classes, by its id; the newest first."""
    return {
        run.id: run
        for run in session.link().store.finished("extract")
        if session.link().store.run(str(run.settings["scan"])) is not None
    }


def name(run: Run) -> str:
    """What an extraction is called in a list: data set, network, number of photos."""
    scan = session.link().store.run(str(run.settings["scan"]))
    data = sources.title(str(scan.settings["data"])) if scan is not None else "gone"
    return f"{data} · {spaces.eyes_title(run).removeprefix('EfficientNet-')} · {_photos(run):,}"


def _photos(run: Run) -> int:
    return int(run.summary.get("images", run.step))


def _nothing_yet() -> None:
    st.info(
        "There are no features yet. On **Explore** look through a data set and press **Extract "
        "features**: from them new classes are taught in seconds.",
        icon=":material/dataset:",
    )
    st.page_link("pages/explore.py", label="Go to Explore", icon=":material/travel_explore:")


def _lesson(run: Run | None) -> Run | None:
    """The run whose settings fill the form: one that taught a head, or what it came from."""
    runs = [*trail.behind(run), run] if run is not None else []
    return next((one for one in runs if one.kind == "train"), None)


def _features(offered: Mapping[str, Run], asked: str) -> str:
    options = list(offered)
    if asked not in offered:
        st.warning("The features that the address names are not here; these are the newest.")
    chosen = str(
        st.selectbox(
            "Learn from",
            options,
            index=options.index(asked) if asked in offered else 0,
            key=f"teach.extract.{asked}",
            format_func=lambda run: name(offered[run]),
            help=f"{_FIELDS['extract'].description}, the newest first.",
        )
    )
    scan = session.link().store.run(str(offered[chosen].settings["scan"]))
    st.session_state[_CHOSEN] = chosen
    counts = scan.summary.get("report", {}).get("classes", {}) if scan is not None else {}
    if counts:
        largest = max(counts.values()) / max(1, sum(counts.values()))
        words.note(
            f"**{_photos(offered[chosen]):,} photos of {len(counts)} classes**, in the eyes of "
            f"{words.plain(spaces.eyes_title(offered[chosen]))}. Always naming the largest class "
            f"would be right for {100 * largest:.0f} of 100."
        )
    return chosen


def _test(offered: Mapping[str, Run], chosen: str, given: str) -> str:
    """Another data set in the same network's eyes, where there is one."""
    own = offered[chosen]
    same = [
        run.id
        for run in offered.values()
        if run.settings["scan"] != own.settings["scan"] and spaces.eyes(run) == spaces.eyes(own)
    ]
    if not same:
        return _NO_TEST
    options = [_NO_TEST, *same]
    return str(
        st.selectbox(
            str(_FIELDS["test"].title),
            options,
            index=options.index(given) if given in same else 0,
            key=f"teach.test.{chosen}",
            format_func=lambda run: name(offered[run]) if run else "None",
            help=f"{_FIELDS['test'].description}.",
        )
    )


def _head(given: str) -> str:
    """Linear, or the neurons of its hidden layers."""
    kind = st.segmented_control(
        "Head",
        [_LINEAR, _HIDDEN],
        default=_HIDDEN if given else _LINEAR,
        required=True,
        key=f"teach.head.{given}",
        help=f"{_FIELDS['hidden'].description}.",
    )
    if kind == _LINEAR:
        return ""
    return str(
        st.text_input(
            "Neurons in each layer",
            given.replace(",", "x") or _FIRST_HIDDEN,
            max_chars=40,
            key=f"teach.hidden.{given}",
            help="Such as 256, or 256x64 for two layers.",
        )
    )


def _expert(values: dict[str, Any], given: Mapping[str, Any]) -> None:
    """What most people leave as it is; a setting that does nothing is left out."""
    for field in folded(values):
        kind = _FIELDS[field].annotation
        if kind is bool:
            values[field] = knobs.switch(
                field, bool(given[field]), key=f"teach.{field}", of=TrainSettings
            )
        elif get_args(kind):
            values[field] = knobs.choice(field, str(given[field]), scope="teach", of=TrainSettings)
            if field == "schedule" and values[field] == "exponential":
                values["decay"] = knobs.number(
                    "decay", given["decay"], scope="teach", of=TrainSettings
                )
        else:
            values[field] = knobs.number(field, given[field], scope="teach", of=TrainSettings)


def folded(values: Mapping[str, Any]) -> Sequence[str]:
    """The settings that are folded away, in their order.

    Args:
        values: What stands above: batch norm needs hidden layers, a decay its schedule.
    """
    left_out = {*_ABOVE, *knobs.sliders(TrainSettings), "decay"}
    if not values["hidden"]:
        left_out.add("batch_norm")
    return [field for field in _FIELDS if field not in left_out]
