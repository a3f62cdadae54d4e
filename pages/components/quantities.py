"""The quantities that curves show: one name, one colour, one unit and one sentence for each.

Colours are Okabe and Ito's, which people with any kind of colour blindness can tell apart
(https://jfly.uni-koeln.de/color/); each keeps 3:1 against the page in light and in dark. Dashes
tell the curves apart a second time, without colour.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Panel = Literal["loss", "probability"]
Dash = Literal["solid", "dash", "dot", "dashdot"]


@dataclass(frozen=True)
class Quantity:
    """How one measured quantity is named, drawn and explained everywhere.

    Attributes:
        label: Short name.
        unit: Unit, or what a number without one counts.
        meaning: One sentence for a beginner.
        light: Colour on a light page, ``""`` for the colour of text.
        dark: Colour on a dark page, ``""`` for the colour of text.
        dash: Plotly's name of the line's dash.
        panel: Panel it is drawn in.
        cell: Which of several pictures it belongs to; the curves of one cell share a colour and one
            entry of the legend. ``""`` for a run of one picture.
    """

    label: str
    unit: str
    meaning: str
    light: str
    dark: str
    dash: Dash = "solid"
    panel: Panel = "loss"
    cell: str = ""


_BLUE = ("#0072B2", "#56B4E9")

QUANTITIES: dict[str, Quantity] = {
    "total": Quantity(
        "Total",
        "no unit",
        "What the optimiser makes smaller: all terms added, each times its weight.",
        "",
        "",
    ),
    "cross_entropy": Quantity(
        "Cross-entropy",
        "nats × weight",
        "How surprised the network is that this picture should be the target; "
        "0 means that it is certain.",
        *_BLUE,
    ),
    "logit": Quantity(
        "Logit",
        "logit × weight",
        "The network's raw score for the target before it becomes a probability, "
        "with its sign turned: lower is better.",
        *_BLUE,
    ),
    "combined": Quantity(
        "Target",
        "(3 × nats − logit) × weight",
        "Three times how surprised the network is that this picture should be the target, minus "
        "its raw score for it: lower is better.",
        *_BLUE,
    ),
    "activation": Quantity(
        "Activation",
        "activation × weight",
        "How strongly the chosen channel of the network answers to the picture, "
        "with its sign turned: lower is better.",
        *_BLUE,
    ),
    "excitation": Quantity(
        "Excitation",
        "mean square × weight",
        "How strongly the whole layer answers to the picture, squared and with its sign turned: "
        "lower is better.",
        *_BLUE,
    ),
    "variation": Quantity(
        "Variation",
        "sum of differences × weight",
        "How much neighbouring pixels differ; its weight trades noise for smooth shapes.",
        "#D55E00",
        "#E8772A",
        "dash",
    ),
    "l2": Quantity(
        "L2",
        "mean square × weight",
        "How far the pixels are from mid gray; its weight keeps colours from running away.",
        "#B85C91",
        "#CC79A7",
        "dot",
    ),
    "probability": Quantity(
        "Probability",
        "0 to 1",
        "How sure the network is that it sees the target.",
        "#009E73",
        "#1DB98C",
        panel="probability",
    ),
    "source_probability": Quantity(
        "Probability of what the photo shows",
        "0 to 1",
        "How sure the network still is that it sees what the photo really shows.",
        "#D55E00",
        "#E8772A",
        "dash",
        panel="probability",
        cell="What it shows",
    ),
    "train_loss": Quantity(
        "Training loss",
        "nats",
        "How surprised it is on average by the right class of photos that it learns from; it can "
        "fall by learning them by heart.",
        "#D55E00",
        "#E8772A",
        "dash",
    ),
    "val_loss": Quantity(
        "Validation loss",
        "nats",
        "The same of photos that were held back: when it rises again, it has begun to learn the "
        "others by heart.",
        *_BLUE,
    ),
    "train_accuracy": Quantity(
        "Training accuracy",
        "0 to 1",
        "Share of the photos that it learns from which it names right.",
        "#D55E00",
        "#E8772A",
        "dash",
        panel="probability",
    ),
    "val_accuracy": Quantity(
        "Validation accuracy",
        "0 to 1",
        "Share of the photos that were held back which it names right: what counts.",
        *_BLUE,
        panel="probability",
    ),
}

_UPPER = ("total", "val_loss")
"""What stands in the upper panel of several pictures or heads."""

NOT_DRAWN = ("distance", "epsilon", "learning_rate", "rolled_back")
"""Figures of a unit of their own: they stand in the table, the card and the CSV."""


def quantity(name: str) -> Quantity:
    """Look up how to draw ``name``; a quantity nobody described is drawn in gray.

    Args:
        name: Name of a metric, such as ``"cross_entropy"``.

    Returns:
        Its row of the table, or a plain one.

    Example:
        >>> quantity("probability").panel
        'probability'
    """
    known = QUANTITIES.get(name)
    if known is not None:
        return known
    label = name.replace("_", " ").capitalize()
    return Quantity(label, "no unit", "A term of the loss.", "#6B7280", "#9AA2B1", "dashdot")


CELLS: tuple[tuple[str, str, Dash], ...] = (
    ("#0072B2", "#56B4E9", "solid"),
    ("#D55E00", "#E8772A", "solid"),
    ("#009E73", "#1DB98C", "solid"),
    ("#B85C91", "#CC79A7", "solid"),
    ("#9A6B00", "#E69F00", "solid"),
    ("#5F6B7A", "#B4BCC8", "solid"),
    ("#0072B2", "#56B4E9", "dash"),
    ("#D55E00", "#E8772A", "dash"),
    ("#009E73", "#1DB98C", "dash"),
)
"""Colour on a light page, on a dark one, and dash of each picture of a what-if run."""


def cell_quantity(name: str, index: int, caption: str) -> Quantity:
    """How to draw one quantity of one of several pictures: in the picture's colour.

    Args:
        name: Name of the metric; a class's probability and a channel's activation go into the
            lower panel.
        index: Which picture, counted from 0.
        caption: What the picture is called.

    Example:
        >>> cell_quantity("total", 1, "0.005").label
        '0.005: total'
    """
    light, dark, dash = CELLS[index % len(CELLS)]
    known = quantity(name)
    return replace(
        known,
        label=f"{caption}: {known.label.lower()}",
        light=light,
        dark=dark,
        dash=dash,
        panel="loss" if name in _UPPER else "probability",
        cell=caption,
    )
