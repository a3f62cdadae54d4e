"""Features of a data set: asking for them, watching them come, and what they are."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.components import address, form, knobs, launch, words
from tfcore import catalog
from tfcore.events import RunState
from tfcore.settings import ExtractSettings
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
    values = {"kind": "extract", "scan": scan.id, "network": network, **_expert(network)}
    if pressed:
        launch.attempt(values)


def _expert(network: str) -> dict[str, str]:
    """What is folded away: another layer than the last, weights without training, few digits."""
    values: dict[str, str] = {}
    with st.expander("Expert settings", icon=":material/build:"):
        field = ExtractSettings.model_fields["layer"]
        values["layer"] = str(
            st.selectbox(
                str(field.title),
                ["", *catalog.layers(network)],
                key=f"extract.layer.{network}",
                help=field.description,
                format_func=lambda name: name or "What the last layer reads",
            )
        )
        choice = partial(knobs.choice, scope="extract", of=ExtractSettings)
        if values["layer"]:
            values["pooling"] = choice("pooling", "mean", leave_out=("",))
        values["weights"] = choice("weights", "imagenet")
        values["precision"] = choice("precision", "float32")
    return values


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
        if probe := summary.get("probe"):
            words.note(
                f"Computed in {run.settings['precision']}: {probe['speed_up']:.1f} times as fast "
                "as float32 here. Where its features differ most from those of float32, their "
                f"cosine is {probe['similarity']:.4f}."
            )
        words.note(
            "The features are kept in this lab. The command line writes them to a file: "
            "`python -m tfcore extract --data FOLDER`."
        )
