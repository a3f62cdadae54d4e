"""The photo that is attacked: an installed one, a person's own, the camera's, or one grown here."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.components import starts, words
from tfcore import photos, samples
from tfcore.config import config
from tfcore.errors import UserError

_SOURCES = ("An installed photo", "A file", "The camera", "A picture grown here")
_OWN = _SOURCES[1:3]


@dataclass(frozen=True)
class Chosen:
    """A photo, and the class it shows where that is known.

    Attributes:
        photo: The square that the network sees.
        shows: Index of the class as text; empty when nobody knows.
    """

    photo: photos.StartPhoto
    shows: str


def show(network: str) -> Chosen | None:
    """Draw the choice and the square that the network will see.

    Args:
        network: Its size decides the size of the square.

    Returns:
        The photo once there is one; what is no photo is told in a sentence.
    """
    offered = [name for name in _SOURCES if name not in _OWN or not config().demo]
    source = st.selectbox("Photo", offered, key="fool.source")
    shows = ""
    if source == _SOURCES[0]:
        name = st.selectbox("Which", list(samples.samples()), key="fool.sample")
        content: bytes | None = None
        if name:
            sample = samples.get(name)
            content, shows = sample.read(), str(sample.class_index)
    elif source == _SOURCES[3]:
        content = starts.grown("fool.run")
    else:
        content = _own(source)
    if content is None:
        return None
    try:
        photo = photos.prepare(content, network)
    except UserError as error:
        words.complain(error)
        return None
    st.image(photo.png, alt="The square of the photo that the network sees", width=200)
    words.note("The square that the network sees, and that is changed.")
    return Chosen(photo, shows)


def _own(source: str) -> bytes | None:
    """A file, or a picture of this moment; the camera stays off until it is asked for."""
    if source == _OWN[0]:
        return starts.upload("fool.file")
    taken = st.camera_input("Your photo", key="fool.camera")
    return taken.getvalue() if taken is not None else None
