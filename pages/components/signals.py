"""What a part of the page has just said, read in its callback."""

from __future__ import annotations

import streamlit as st


def heard(key: str, name: str) -> object | None:
    """One value of a component, or None.

    A callback is called also when its page was left in the same moment: a component asks for
    something while a link is pressed. Its values are gone by then, and nobody waits for an answer.

    Args:
        key: The component's.
        name: The value's, such as ``pick``.
    """
    said = st.session_state.get(key)
    return said.get(name) if said is not None else None
