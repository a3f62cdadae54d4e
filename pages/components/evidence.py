"""Which places of the photo speak for a class: Grad-CAM, for any class of the network."""

from __future__ import annotations

import streamlit as st

from pages.components import asking, overlay, words
from tfcore import classes
from tfcore.engine import calls
from tfcore.images import from_heat
from tfcore.photos import StartPhoto

_NONE = 0.01
"""Points of a score below which no probability moves by a hundredth."""


def show(network: str, square: StartPhoto) -> None:
    """Draw the choice of a class, and the places that speak for it.

    Args:
        network: Who is asked.
        square: What it sees of the photo.
    """
    st.subheader(
        "What speaks for a class?",
        help="Grad-CAM (Selvaraju et al. 2017): the last maps of the network, each weighted by "
        "how much the class's score would rise with it. Only what speaks for the class is shown.",
    )
    top5 = asking.ask(calls.predict, network, square)
    if top5 is None:
        return
    over, chooser = st.columns([1, 1.7], gap="medium")
    with chooser:
        likeliest = [index for index, _ in top5]
        target = _class(network, likeliest, f"{network}.{square.digest[:12]}")
        found = asking.ask(calls.class_activation, network, target, square)
        if found is None:
            return
        name = words.class_name(network, target)
        st.markdown(told(name, found["evidence"], found["probability"]))
        words.note(
            f"Read at layer {words.plain(found['layer'])}. Each class has a scale of its own: the "
            "brightest place is the one that says most. It shows where the network looks, not "
            "whether it is right."
        )
    with over:
        height, width = from_heat(found["map"]).shape
        overlay.show(
            "look.evidence",
            square.png,
            found["map"],
            alt=f"Where the network finds what speaks for {name}",
            shape=(height, width),
        )


def told(name: str, evidence: float, probability: float) -> str:
    """What was found, in a sentence.

    Args:
        name: The class.
        evidence: Sum of the map, in units of the class's score.
        probability: The class's probability.
    """
    likely = f"The network gives it {words.percent(probability)}."
    if evidence < _NONE:
        return f"Nothing in this photo speaks for **{words.plain(name)}**. {likely}"
    return (
        f"The bright places speak for **{words.plain(name)}**: together about {evidence:.1f} "
        f"points of its score. {likely}"
    )


def _class(network: str, likeliest: list[int], scope: str) -> int:
    """One of the five likeliest, or any other by its name."""
    known = classes.of(network)
    pick, search = f"look.class.{scope}", f"look.other.{scope}"
    # No default: one beside a value that is set here would be warned of on the page.
    st.session_state.setdefault(pick, likeliest[0])
    quick = st.pills(
        "Class",
        likeliest,
        key=pick,
        wrap=True,
        format_func=lambda index: words.class_said(network, index),
        on_change=_clear,
        args=(search,),
    )
    other = st.selectbox(
        "Another class",
        range(known.count),
        index=None,
        key=search,
        placeholder=f"Search all classes, such as {known.name(_example(known))}",
        format_func=known.name,
        on_change=_clear,
        args=(pick,),
    )
    if other is not None:
        return int(other)
    return int(quick) if quick is not None else likeliest[0]


def _example(known: classes.Classes) -> int:
    """A class to name as an example: the zebra, of one's own the last."""
    return known.find("zebra").index if known.has("zebra") else known.count - 1


def _clear(key: str) -> None:
    """One choice at a time."""
    st.session_state[key] = None
