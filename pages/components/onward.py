"""What to do with a trained network: it is a network of its own, so everything that others can."""

from __future__ import annotations

import streamlit as st

from pages.components import (
    address,
    asking,
    bars,
    evidence,
    launch,
    report_card,
    session,
    words,
    your_photo,
)
from pages.components.report_card import Card
from tfcore import photos, trained
from tfcore.config import config
from tfcore.engine import calls
from tfcore.errors import UserError
from tfcore.store.records import Run


def show(run: Run) -> None:
    """Draw the ways on: its ideal picture, an attack on it, its map."""
    name = trained.name_of(run.id)
    try:
        classes = trained.about(name).classes
    except UserError:
        return
    with st.container(border=True, key="onward", gap="small"):
        st.markdown(
            "**It is a network of its own now**",
            help="Wherever a network can be chosen in this lab, it stands among the others.",
        )
        target = str(
            st.selectbox(
                "Class",
                classes,
                key=f"onward.class.{run.id}",
                format_func=lambda one: one.replace("_", " "),
            )
        )
        shown = words.plain(target.replace("_", " "))
        for label, icon, page in (
            (f"Grow its ideal {shown}", ":material/auto_awesome:", "synthesize"),
            (f"Make it see {shown}", ":material/theater_comedy:", "attack"),
        ):
            if st.button(label, icon=icon, key=f"onward.{page}", width="stretch"):
                address.forget(page)
                st.switch_page(f"pages/{page}.py", query_params={"network": name, "target": target})
        _map(run, name)


def _map(run: Run, name: str) -> None:
    """The photos in the eyes of the new network: another extraction."""
    extract = session.link().store.run(report_card.extraction_of(run))
    if extract is None:
        return
    if st.button(
        "See its map",
        icon=":material/scatter_plot:",
        key="onward.map",
        width="stretch",
        help="Computes the features of these photos as this network sees them, and draws them on "
        "Explore: hidden layers and fine-tuning move photos of one class together",
    ):
        launch.attempt({"kind": "extract", "scan": extract.settings["scan"], "network": name})


def try_photo(card: Card) -> None:
    """A photo that nobody has named: a file or the camera's."""
    if config().demo:
        return
    st.subheader("Try a photo of yours")
    source, answer = st.columns(2, gap="medium")
    with source:
        content = your_photo.take("try")
    if content is None:
        with answer:
            words.note(f"{your_photo.FORMATS} It is not kept.")
        return
    try:
        square = photos.prepare(content, card.network)
    except UserError as error:
        words.complain(error)
        return
    with answer:
        st.image(square.png, width=160, alt="The square of your photo that it sees")
        top5 = asking.ask(calls.predict, card.network, square)
        if top5 is not None:
            bars.show(
                "try.bars",
                [bars.Bar(card.classes[index], value) for index, value in top5],
                title="It sees",
            )
    evidence.show(card.network, square)
