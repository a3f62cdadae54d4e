"""Colours of classes, wherever classes are drawn: maps, legends, pictures of a run.

They are Okabe and Ito's, which people with any kind of colour blindness can tell apart
(https://jfly.uni-koeln.de/color/), darkened or lightened until each keeps 3:1 against the ground.
"""

from __future__ import annotations

LIGHT = ("#0072B2", "#D55E00", "#009E73", "#B85C91", "#9A6B00", "#5F6B7A")
"""On a light ground."""
DARK = ("#56B4E9", "#E8772A", "#1DB98C", "#CC79A7", "#E69F00", "#B4BCC8")
"""The same hues on a dark one."""
GROUND = "#F4F5F7"
"""The light ground of a picture that is shown on light and dark pages alike."""


def colour(number: int, *, is_dark: bool = False) -> str:
    """The colour of a class by its number; after the sixth they begin anew.

    More than six cannot be told apart by everybody: where there are more classes, something else
    must tell them too, such as a mark's shape or its name on hover.

    Example:
        >>> colour(0), colour(6) == colour(0)
        ('#0072B2', True)
    """
    colours = DARK if is_dark else LIGHT
    return colours[number % len(colours)]
