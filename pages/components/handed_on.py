"""The lesson's strip: all that a new head gets to see of a photo."""

from __future__ import annotations

import math

import streamlit as st

from pages.components import asking, words
from pages.components.inside import size
from tfcore.engine import calls
from tfcore.photos import StartPhoto


def show(network: str, square: StartPhoto) -> None:
    """Draw the strip.

    Args:
        network: Whose features.
        square: What it sees of the photo.
    """
    st.subheader(
        "What it hands on",
        help="The lesson (Microsoft, AI for Beginners: Transfer Learning) draws VGG16's features "
        "in the same way: a row for each place, a column for each channel.",
    )
    found = asking.ask(calls.strip, network, square)
    if found is None:
        return
    height, width, channels = found["shape"]
    st.image(
        found["picture"],
        alt=f"The features as a strip of {height * width} rows and {channels} columns",
        width="stretch",
    )
    st.markdown(
        f"These are the lesson's `features`: **{size(found['shape'])} = "
        f"{math.prod(found['shape']):,} numbers**, everything a new head gets to see of the photo."
    )
    words.note(
        f"A row for each of the {height * width} places, a column for each of the {channels:,} "
        f"channels. {100 * found['quiet']:.0f} % of them are silent. Averaged over the places, "
        f"{channels:,} numbers are left."
    )
