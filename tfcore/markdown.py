"""Somebody else's words inside Markdown."""

from __future__ import annotations

import re

# Whatever Markdown, HTML and Streamlit read as more than itself. A dot and a colon too: programs
# make links of bare addresses.
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!:<>|$~&@])")


def escaped(text: str) -> str:
    r"""Text of somebody else's, shown as it is: nothing in it becomes a link, a sign or a colour.

    Example:
        >>> escaped("<b> [x](y)")
        '\\<b\\> \\[x\\]\\(y\\)'
    """
    return _SIGNS.sub(r"\\\1", text)
