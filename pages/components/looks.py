"""Which half of Explore is looked at: a data set, or one photo."""

from __future__ import annotations

import streamlit as st

from pages.components import address

_PARAMETER = "look"
_DATA, _PHOTO = "A data set", "One photo"
_WORDS = {"photo": _PHOTO}


def is_photo() -> bool:
    """Draw the switch; the address remembers it."""
    asked = _WORDS.get(st.query_params.get(_PARAMETER, ""), _DATA)
    chosen = st.segmented_control(
        "Look at",
        [_DATA, _PHOTO],
        default=asked,
        required=True,
        key="explore.look",
        label_visibility="collapsed",
        on_change=_turn,
    )
    return chosen == _PHOTO


def _turn() -> None:
    """Write the choice into the address; the forms of the other half read theirs anew."""
    look = st.session_state.get("explore.look")
    if look is None:
        return  # the page was left in the same moment: the address is another's
    address.forget("scan")
    if look == _PHOTO:
        st.query_params[_PARAMETER] = "photo"
    else:
        st.query_params.pop(_PARAMETER, None)
