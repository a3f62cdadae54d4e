"""Hidden layers of a head as people write them, and as they are kept."""

from __future__ import annotations

import re

from tfcore.errors import UserError

LINEAR = "linear"
"""What people may write for a head without hidden layers."""
MOST_LAYERS, MOST_UNITS = 3, 4096
_BETWEEN = re.compile(r"[,x/\s]+")


def layers(text: str) -> str:
    """Hidden layers as they are kept, from what a person writes.

    Raises:
        UserError: It says something else.

    Example:
        >>> layers("256 x 64"), layers("linear")
        ('256,64', '')
    """
    words = [word for word in _BETWEEN.split(text.strip().lower()) if word]
    if words in ([LINEAR], ["0"]):
        return ""
    fits = all(word.isdecimal() and 1 <= int(word) <= MOST_UNITS for word in words)
    if not fits or len(words) > MOST_LAYERS or (text.strip() and not words):
        raise UserError(
            f'hidden layers "{text}"',
            f"up to {MOST_LAYERS} numbers of neurons from 1 to {MOST_UNITS}, such as 256x64",
            "leave it empty for a linear head",
        )
    return ",".join(str(int(word)) for word in words)
