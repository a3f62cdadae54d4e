"""Features of a data set: asking for them, watching them come, and what they are."""

from __future__ import annotations

import streamlit as st

from pages.components import address, form, launch, words
from tfcore import catalog
from tfcore.events import RunState
from tfcore.store.records import Run

_NOT_YET = "–"


def ask(scan: Run) -> None:
    """Offer to compute the features of a data set that was looked through."""
    st.markdown(
        "**Features**",
        help="What a pretrained network says of a photo just before it names a class: some "
        "thousand numbers, from which new classes are learned in seconds",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        network = form.network(catalog.DEFAULT, key="extract.network")
        pressed = st.button(
            "Extract features",
            icon=":material/dataset:",
            key="extract",
            type="primary",
            help="Pictures can grow meanwhile: both share the processor and take longer",
        )
    form.downloads([network])
    if pressed:
        launch.attempt({"kind": "extract", "scan": scan.id, "network": network})


def teach(run: Run) -> None:
    """The way from features to a network of one's own."""
    with st.container(horizontal=True, vertical_alignment="center", key="teach_from"):
        pressed = st.button(
            "Teach a head",
            icon=":material/school:",
            key="teach",
            type="primary",
            help="Opens Train with these features: a network learns to tell these classes in "
            "seconds",
        )
        words.note("A network that tells these classes is seconds away.")
    if pressed:
        address.forget("train")
        st.switch_page("pages/train.py", query_params={"extract": run.id})


def body(run: Run, waiting: str) -> None:
    """The middle of the page of an extraction."""
    summary = run.summary
    if waiting:
        words.note(f":material/hourglass_empty: {waiting}")
    if run.steps > 1 and run.state is not RunState.FINISHED:
        st.progress(min(1.0, run.step / run.steps))
    with st.container(horizontal=True, key="counts"):
        st.metric("Photos", f"{run.step:,}", help="Photos whose features are known")
        st.metric(
            "Numbers a photo",
            f"{summary['dim']:,}" if "dim" in summary else _NOT_YET,
            help="How many numbers the network says of each photo",
        )
        rate = summary.get("images_per_second") or run.rate
        st.metric(
            "Photos a second", f"{rate:.0f}" if rate else _NOT_YET, help="By all workers together"
        )
        st.metric(
            "Known before",
            f"{summary['cache_hits']:,}" if "cache_hits" in summary else _NOT_YET,
            help="Photos whose features this lab had computed earlier: the same bytes, network "
            "and layer. They cost nothing",
        )
    if run.state is RunState.FINISHED:
        aside = summary.get("set_aside", [])
        if aside:
            st.warning(
                f"{len(aside):,} photos have changed or gone since they were looked at.",
                icon=":material/warning:",
            )
        words.note(
            "The features are kept in this lab. The command line writes them to a file: "
            "`python -m tfcore extract --data FOLDER`."
        )
