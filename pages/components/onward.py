"""What to do with a trained network: it is a network of its own, so everything that others can."""

from __future__ import annotations

import streamlit as st

from pages.components import address, asking, bars, words, your_photo
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
        about = trained.about(name)
    except UserError:
        return
    classes = about.classes
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
        for label, icon, key, page, query in (
            (
                f"Grow its ideal {shown}",
                ":material/auto_awesome:",
                "grow",
                "synthesize",
                {"target": target},
            ),
            (
                f"Fool it: {shown}",
                ":material/theater_comedy:",
                "fool",
                "attack",
                {"target": target},
            ),
        ):
            if st.button(label, icon=icon, key=f"onward.{key}", width="stretch"):
                address.forget(page)
                st.switch_page(f"pages/{page}.py", query_params={"network": name, **query})


def try_photo(card: Card) -> None:
    """A photo that nobody has named: a file or the camera's."""
    if config().demo:
        return
    st.subheader("Try a photo of yours")
    source, answer = st.columns(2, gap="medium")
    with source:
        content = your_photo.take("try")
    with answer:
        if content is None:
            words.note(f"{your_photo.FORMATS} It is not kept.")
            return
        try:
            square = photos.prepare(content, card.network)
        except UserError as error:
            words.complain(error)
            return
        st.image(square.png, width=160, alt="The square of your photo that it sees")
        top5 = asking.ask(calls.predict, card.network, square)
        if top5 is not None:
            bars.show(
                "try.bars",
                [bars.Bar(card.classes[index], value) for index, value in top5],
                title="It sees",
            )
