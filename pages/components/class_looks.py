"""Colour and sign of a class on a map: as many as there are, told apart by any eye.

Colours come from ``tfcore.palette``. When they are used up they come again with another sign, so
that 42 classes differ; beyond that a class is told by its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from tfcore import palette

_SIGNS = (
    ("circle", "●"),
    ("square", "■"),
    ("diamond", "◆"),
    ("triangle-up", "▲"),
    ("x", "✖"),
    ("star", "★"),
    ("cross", "✚"),
)


@dataclass(frozen=True)
class Look:
    """How the points of a class are drawn.

    Attributes:
        light: CSS colour on a light page.
        dark: CSS colour on a dark page.
        symbol: Plotly's name of the sign.
        sign: The same sign as a letter, for texts.
    """

    light: str
    dark: str
    symbol: str
    sign: str


def look(number: int) -> Look:
    """How the class of a number is drawn; numbers begin at 0.

    Example:
        >>> look(0).sign, look(6).sign, look(0).light == look(6).light
        ('●', '■', True)
    """
    return Look(
        palette.colour(number),
        palette.colour(number, is_dark=True),
        *_SIGNS[number // len(palette.LIGHT) % len(_SIGNS)],
    )
