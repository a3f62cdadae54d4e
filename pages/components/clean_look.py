"""What the network sees in the photo as it is: said before an attack starts."""

from __future__ import annotations

from concurrent.futures import Future

import streamlit as st

from pages.components import session, words, your_photo
from tfcore import catalog
from tfcore.photos import StartPhoto

_KEY = "clean_look"
_LOOK_SECONDS = 0.4

Answer = Future[your_photo.Seen]


def show(network: str, photo: StartPhoto, shows: int | None, target: int | None) -> None:
    """Ask the network beside the runs, and say when there is nothing to fool.

    Args:
        network: The network that will be attacked.
        photo: What it will see.
        shows: Class that the photo shows, where a person has told.
        target: Class to be seen; None when anything else will do.
    """
    if not catalog.is_available(catalog.get(network)):
        return
    question = (photo.digest, network)
    kept: tuple[tuple[str, str], Answer] | None = st.session_state.get(_KEY)
    link = session.link()
    if kept is None or kept[0] != question:
        if not link.status().is_alive:
            st.fragment(_wait, run_every=_LOOK_SECONDS)()
            return
        answer = your_photo.pool().submit(your_photo.look, link, network, photo.png)
        kept = st.session_state[_KEY] = (question, answer)
    ticking = not kept[1].done()
    st.fragment(_tell, run_every=_LOOK_SECONDS if ticking else None)(
        network, kept[1], ticking, shows, target
    )


def _wait() -> None:
    """The engine is still starting: the question waits for it."""
    if session.link().status().is_alive:
        st.rerun()
    words.note(":material/hourglass_empty: Asked as soon as the lab is awake …")


def _tell(
    network: str, answer: Answer, ticking: bool, shows: int | None, target: int | None
) -> None:
    """The answer in a line, in a place that stays while it comes."""
    if ticking and answer.done():
        st.rerun()
    if not answer.done():
        words.note(f":material/hourglass_empty: Asking {words.network(network)} …")
        return
    if answer.cancelled() or answer.exception() is not None:
        st.session_state.pop(_KEY, None)  # asked again with the next press
        words.note("The network could not be asked yet; the attack can be started all the same.")
        return
    index, probability = answer.result().top5[0]
    seen = words.class_said(network, index)
    words.note(f"It sees: **{seen}** {words.percent(probability)}")
    said = trouble(network, index, shows, target)
    if said:
        st.warning(said, icon=":material/info:")


def trouble(network: str, seen: int, shows: int | None, target: int | None) -> str:
    """Why there is nothing to fool, in a sentence; empty when there is.

    Example:
        >>> trouble("vgg16", 243, 243, 284)
        ''
        >>> trouble("vgg16", 284, None, 284)
        'The network sees the target already: nothing has to be changed. Choose another target.'
    """
    if target is not None and seen == target:
        return (
            "The network sees the target already: nothing has to be changed. Choose another target."
        )
    if shows is not None and seen != shows:
        return (
            "The network gets this photo wrong already: it shows "
            f"{words.class_said(network, shows)}. An attack on it proves little."
        )
    return ""
