"""Who owns a run: a secret of this browser, kept in a cookie.

Streamlit reads cookies (those of the request that opened the connection) but cannot set any, so
a part without a look sets it. The cookie is readable by scripts of this site, never sent to
another site, and worth no more than the runs it owns.
"""

from __future__ import annotations

import re
import secrets

import streamlit as st

from pages.components.assets import component

__all__ = ["COOKIE", "is_token", "owner_token"]

COOKIE = "transferlab_owner"
_KEY = "transferlab_identity"
_STATE = "transferlab_identity.token"
_TOKEN = re.compile(r"[0-9a-f]{32}")

_part = component(
    "identity",
    '<span class="tl-identity" hidden></span>',
    "identity.js",
    styles=("identity.css",),
    isolated=False,
)


def owner_token() -> str:
    """Return the secret of this browser; call once in every run of the script.

    The first visit draws one and has the browser keep it for a year. A second tab that was opened
    in the same moment finds the first one's cookie and takes that over.

    Returns:
        32 hexadecimal digits.

    Example:
        >>> len(owner_token())  # doctest: +SKIP
        32
    """
    cookie = st.context.cookies.get(COOKIE)
    kept = is_token(cookie)
    token = st.session_state.get(_STATE)
    if not is_token(token):
        token = cookie if is_token(cookie) else secrets.token_hex(16)
    answer = _part(
        key=_KEY,
        # A token that came as a cookie is the browser's already.
        data={"name": COOKIE, "token": None if kept else token},
        on_owner_change=_nothing,
    )
    reported = answer.get("owner")
    if not kept and is_token(reported):
        token = reported
    st.session_state[_STATE] = token
    return str(token)


def is_token(value: object) -> bool:
    """Whether a value, which may come from anyone, has the form of a token.

    Args:
        value: Anything.

    Returns:
        True for a string of 32 lower-case hexadecimal digits.

    Example:
        >>> is_token("0" * 32), is_token("../../etc/passwd"), is_token(None)
        (True, False, False)
    """
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _nothing() -> None:
    """The value is read from the result; Streamlit wants a callback all the same."""
