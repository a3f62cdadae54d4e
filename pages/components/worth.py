"""What pretraining is worth: the same head on a network before it had seen any photo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.components import (
    accuracies,
    beside,
    launch,
    report_card,
    session,
    siblings,
    spaces,
    words,
)
from pages.components.accuracies import Change, Row
from pages.components.report_card import Card
from pages.components.separable import SAME_NETWORK
from tfcore import intervals
from tfcore.store.records import Run

_OTHER = {"imagenet": "random", "random": "imagenet"}
_NAMES = {"imagenet": "pretrained", "random": "random"}


def show(card: Card) -> None:
    """Draw both heads beside each other, or the button that brings the missing one."""
    if card.extract is None or card.run.kind != "train" or card.run.settings.get("vary"):
        return
    st.subheader(
        "What is pretraining worth?",
        help="The same head is taught on the same photos, once in the eyes of the pretrained "
        "network and once of one with random weights. The difference is what it brought along.",
    )
    eyes = twin_eyes(card.extract)
    head = twin(card.run, eyes) if eyes is not None else None
    if head is not None:
        _compare(card.run, head)
        return
    other = _OTHER[str(card.extract.settings["weights"])]
    if eyes is None:
        label = f"Extract with {_NAMES[other]} weights first"
        wanted: Mapping[str, Any] = {
            "kind": "extract",
            "scan": card.extract.settings["scan"],
            **{name: spaces.setting(card.extract, name) for name in SAME_NETWORK},
            "weights": other,
        }
        words.note("It takes two steps: extract these features, then come back and press again.")
    else:
        label = f"Teach the same head on {_NAMES[other]} weights"
        wanted = {**card.run.settings, "extract": eyes.id, "test": ""}
    if st.button(label, icon=":material/casino:", key="worth.go"):
        launch.attempt(wanted)


def twin_eyes(extract: Run) -> Run | None:
    """The newest extraction of the same photos by the same network with the other weights."""
    digest = siblings.data_of(extract)
    return next(
        (
            run
            for run in session.link().store.finished("extract")
            if spaces.is_untrained(run) != spaces.is_untrained(extract)
            and all(
                spaces.setting(run, name) == spaces.setting(extract, name) for name in SAME_NETWORK
            )
            and siblings.data_of(run) == digest
        ),
        None,
    )


def twin(run: Run, eyes: Run) -> Run | None:
    """The newest head that was taught in the same way on other features."""
    return next(
        (
            other
            for other in session.link().store.finished("train")
            if {**other.settings, "test": ""} == {**run.settings, "extract": eyes.id, "test": ""}
        ),
        None,
    )


def _compare(run: Run, head: Run) -> None:
    rows = [
        Row(one.id, siblings.title(one), [siblings.share(one)], here=one.id == run.id)
        for one in (run, head)
    ]
    accuracies.show(
        "worth", rows, ["Photos held back"], "Photos that are named right, by weights", first="Head"
    )
    st.markdown(verdict(run, head))
    st.page_link("pages/train.py", label="Open the other head", query_params={"run": head.id})


def _paired(first: Run, second: Run) -> Change | None:
    """The change from one head to another, where both were asked about the same photos."""
    cards = [report_card.open_card(run) for run in (first, second)]
    sides = [card.found.sides[report_card.VALIDATION].photos for card in cards if card is not None]
    if len(sides) < 2 or sides[0].digest != sides[1].digest or not sides[0].digest:
        return None
    before, after = ([t == g for t, g in zip(s.truth, s.guess, strict=True)] for s in sides)
    gained = sum(now and not was for was, now in zip(before, after, strict=True))
    lost = sum(was and not now for was, now in zip(before, after, strict=True))
    return Change((gained - lost) / len(before), *intervals.paired(gained, lost, len(before)))


def verdict(run: Run, head: Run) -> str:
    """The difference in words.

    Args:
        run: A head.
        head: The same on a network of the other weights.
    """
    pretrained, random = sorted((run, head), key=lambda one: "untrained" in siblings.title(one))
    first, second = siblings.share(random), siblings.share(pretrained)
    change = _paired(random, pretrained) or beside.change(first, second)
    if first is None or second is None or change is None:
        return ""
    said = (
        f"Taught in the same way, it names **{100 * second.value:.0f}** of 100 photos right with "
        f"what the network had learned before, and **{100 * first.value:.0f}** without"
    )
    if change.low <= 0 <= change.high:
        return f"{said}. With so few photos that is too close to call."
    return (
        f"{said}: **{100 * change.value:+.0f} points** (between {100 * change.low:.0f} and "
        f"{100 * change.high:.0f}) are what pretraining is worth here."
    )
