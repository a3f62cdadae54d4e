"""Colours and signs of a data set's classes: as many as there are, told apart by any eye.

The colours are Okabe and Ito's (https://jfly.uni-koeln.de/color/), made dark or light enough for
3:1 against the page. When they are used up they come again with another sign, so that 42 classes
differ; beyond that the page shows a class by its name.
"""

from __future__ import annotations

from dataclasses import dataclass

_COLOURS = (
    ("#0072B2", "#56B4E9"),
    ("#D55E00", "#E8772A"),
    ("#009E73", "#1DB98C"),
    ("#B85C91", "#CC79A7"),
    ("#A86E00", "#E69F00"),
    ("#7D7A00", "#F0E442"),
    ("#5A6270", "#AEB6C2"),
)
_SIGNS = (
    ("circle", "●"),
    ("square", "■"),
    ("diamond", "◆"),
    ("triangle-up", "▲"),
    ("x", "✖"),
    ("star", "★"),
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
        >>> look(0).sign, look(7).sign, look(0).light == look(7).light
        ('●', '■', True)
    """
    colour = _COLOURS[number % len(_COLOURS)]
    return Look(*colour, *_SIGNS[number // len(_COLOURS) % len(_SIGNS)])
