"""A photo to look into or attack: installed, a person's own, the camera's, or grown here."""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Found:
    """A file that was chosen, not looked at yet.

    Attributes:
        content: Its bytes; hostile until proven. None while there is none.
        sample: The installed photo that it is; None of any other.
    """

    content: bytes | None = field(repr=False)
    sample: samples.Sample | None = None


def show(network: str) -> Chosen | None:
    """Draw the choice and the square that the network will see.

    Args:
        network: Its size decides the size of the square.

    Returns:
        The photo once there is one; what is no photo is told in a sentence.
    """
    found = find("fool")
    if found.content is None:
        return None
    try:
        photo = photos.prepare(found.content, network)
    except UserError as error:
        words.complain(error)
        return None
    st.image(photo.png, alt="The square of the photo that the network sees", width=200)
    words.note("The square that the network sees, and that is changed.")
    return Chosen(photo, found.sample.shown_to(network) if found.sample else "")


def find(key: str, run: str = "") -> Found:
    """Draw the choice alone.

    Args:
        key: What the keys of its widgets begin with.
        run: A run whose picture is offered first.
    """
    offered = [name for name in _SOURCES if name not in _OWN or not config().demo]
    first = offered.index(_SOURCES[3]) if run else 0
    source = st.selectbox("Photo", offered, index=first, key=f"{key}.source")
    if source == _SOURCES[0]:
        name = st.selectbox("Which", list(samples.samples()), key=f"{key}.sample")
        if not name:
            return Found(None)
        sample = samples.get(name)
        return Found(sample.read(), sample)
    if source == _SOURCES[3]:
        return Found(starts.grown(f"{key}.run", run))
    return Found(_own(key, source))


def _own(key: str, source: str) -> bytes | None:
    """A file, or a picture of this moment; the camera stays off until it is asked for."""
    if source == _OWN[0]:
        return starts.upload(f"{key}.file")
    taken = st.camera_input("Your photo", key=f"{key}.camera")
    return taken.getvalue() if taken is not None else None
