"""One photo, and all that up to four networks make of it, from pixels to a class."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.components import (
    asking,
    evidence,
    handed_on,
    inside,
    networks,
    photo,
    sights,
    words,
)
from tfcore import catalog, photos
from tfcore.errors import UserError
from tfcore.photos import StartPhoto

_MOST = 4
_FIRST = ("efficientnet-lite0", "efficientnet-lite1")

Squares = Mapping[str, StartPhoto]
"""What each network sees of the photo, by the network's name."""


def show() -> None:
    """Draw the whole view."""
    asking.begin()
    picture, chooser, others = st.columns([1, 1.2, 1.6], gap="medium")
    with chooser:
        found = photo.find("look", st.query_params.get("picture", ""))
    with others:
        chosen = _networks()
        words.note(
            "**What to look for:** early layers answer everywhere, late ones at few places, and "
            "most channels not at all. **Ask yourself:** would you have named the class by the "
            "same places as the network?"
        )
    squares = _squares(found.content, chosen)
    with picture:
        _picture(found.content, squares)
    if squares:
        sights.show(squares)
        name, square = _one(squares)
        inside.show(name, square)
        evidence.show(name, square)
        handed_on.show(name, square)
    asking.watch()


def _picture(content: bytes | None, squares: Squares) -> None:
    """The photo, or what is missing."""
    if squares:
        first = next(iter(squares.values()))
        st.image(first.png, alt="The square of the photo that the networks see", width="stretch")
    elif content is None:
        st.info("Choose a photo, and see what the networks make of it.", icon=":material/image:")
    else:
        st.info("Choose a network that shall look at it.", icon=":material/visibility:")


def _networks() -> list[str]:
    """Up to four networks; those that are not here say how they come here."""
    titles = networks.offered()
    here = {name for name in titles if catalog.is_available(catalog.get(name))}
    chosen = st.multiselect(
        "Networks",
        list(titles),
        default=[name for name in _FIRST if name in here],
        max_selections=_MOST,
        key="look.networks",
        wrap=True,
        format_func=titles.__getitem__,
        help="Up to four, side by side",
    )
    missing = [catalog.base_of(catalog.get(name)) for name in chosen if name not in here]
    if missing:
        said = " and ".join(row.title for row in missing)
        words.note(
            f":material/download: {said} {'is' if len(missing) == 1 else 'are'} not on this "
            f"machine. Grow a picture with {'it' if len(missing) == 1 else 'them'} on Synthesize: "
            f"that fetches {sum(row.weights_mb for row in missing):.0f} MB first."
        )
    return [name for name in chosen if name in here]


def _squares(content: bytes | None, chosen: list[str]) -> Squares:
    """What each network sees; what is no photo is told in a sentence."""
    if content is None:
        return {}
    try:
        return {network: _square(content, network) for network in chosen}
    except UserError as error:
        words.complain(error)
        return {}


@st.cache_data(max_entries=24, show_spinner=False)
def _square(content: bytes, network: str) -> StartPhoto:
    return photos.prepare(content, network)


def _one(squares: Squares) -> tuple[str, StartPhoto]:
    """The network that is looked into."""
    st.subheader("Inside one of them")
    names = list(squares)
    name = names[0]
    if len(names) > 1:
        name = str(
            st.segmented_control(
                "Look into",
                names,
                default=names[0],
                required=True,
                key=f"look.into.{'.'.join(names)}",
                format_func=words.network,
                label_visibility="collapsed",
            )
        )
    return name, squares[name]
