"""A network's layers from first to last, what each channel answers, and one answer enlarged."""

from __future__ import annotations

import streamlit as st

from pages.components import address, asking, maps, overlay, words
from tfcore import catalog
from tfcore.engine import calls
from tfcore.images import from_heat
from tfcore.photos import StartPhoto

_MOST = 32
_BY = {"mean": "Mean", "highest": "Highest"}
_DEPTHS = (
    (4, "Early: such layers tend to see edges, colours and fine texture; their maps still look "
        "like the photo."),
    (16, "In the middle: such layers tend to see patterns and parts, such as fur, wheels or eyes."),
    (64, "Late: such layers tend to see whole things and their parts; their maps only say roughly "
         "where."),
)  # fmt: skip
"""Up to how many times smaller than the image, and what is known of such layers (Zeiler and Fergus
2014; Olah, Mordvintsev and Schubert, "Feature Visualization", Distill 2017)."""


def show(network: str, square: StartPhoto) -> None:
    """Draw the layer's choice, its maps, and the one that was pressed over the photo.

    Args:
        network: Whose layers.
        square: What it sees of the photo.
    """
    layer = _layer(network)
    over, grid = st.columns([1, 1.7], gap="medium")
    with grid:
        by = _strong(network)
        looked = asking.ask(calls.layer_maps, network, layer, square, _MOST, by)
        if looked is None:
            return
        strengths = {number: (mean, high) for number, mean, high in looked["channels"]}
        drawn = dict(zip(strengths, looked["maps"], strict=False))
        place = 0 if by == "mean" else 1
        tiles = [
            maps.Tile(number, f"{strengths[number][place]:.2f}", png)
            for number, png in drawn.items()
        ]
        channel = maps.show(f"look.maps.{network}.{layer}.{by}", tiles)
        words.note(_told(len(drawn), len(strengths), by))
    with over:
        if channel is not None:
            _enlarged(network, f"{layer}:{channel}", square, drawn[channel], strengths[channel])


def _layer(network: str) -> str:
    """A slider from the first layer to the last."""
    shapes = catalog.layer_shapes(network)
    names = list(shapes)
    layer = str(
        st.select_slider(
            "Layer",
            names,
            value=names[len(names) // 2],
            key=f"look.layer.{network}",
            format_func=lambda name: f"{size(shapes[name])} · {name}",
            help="From the photo on the left to the class on the right: height x width of its "
            "maps, and how many there are",
        )
    )
    number, count = names.index(layer) + 1, shapes[layer][2]
    words.note(
        f"Layer {number} of {len(names)}: {count:,} maps of {shapes[layer][0]} × "
        f"{shapes[layer][1]}. {depth(shapes[layer][0], catalog.get(network).input_size)}"
    )
    return layer


def size(shape: tuple[int, int, int]) -> str:
    """A layer's output as people write it.

    Example:
        >>> size((112, 112, 16))
        '112 × 112 × 16'
    """
    return " × ".join(map(str, shape))


def depth(side: int, whole: int) -> str:
    """What layers of this resolution tend to see, in a sentence.

    Args:
        side: Height of the layer's maps.
        whole: Height of the image.
    """
    return next((words for most, words in _DEPTHS if whole <= most * side), _DEPTHS[-1][1])


def _strong(network: str) -> str:
    """What counts as strong."""
    return str(
        st.segmented_control(
            "Strongest by",
            list(_BY),
            default="mean",
            required=True,
            key=f"look.by.{network}",
            format_func=_BY.__getitem__,
            help="Mean: the activation averaged over all places, so what fills the photo comes "
            "first. Highest: the highest at any one place, so that a small detail can come first.",
        )
    )


def _told(drawn: int, count: int, by: str) -> str:
    """What is drawn, and on which scale."""
    which = f"The {drawn} strongest of {count:,} channels" if drawn < count else "All channels"
    return (
        f"{which}; below each its {'mean' if by == 'mean' else 'highest'} activation. Each map has "
        "a scale of its own: dark is nothing, the brightest is the channel's own highest."
    )


def _enlarged(
    network: str, target: str, square: StartPhoto, png: bytes, strength: tuple[float, float]
) -> None:
    """One map over the photo, and the way to what would excite it most."""
    height, width = from_heat(png).shape
    st.markdown(f"**{words.plain(target)}**")
    overlay.show(
        "look.over",
        square.png,
        png,
        alt=f"Where {target} answers in the photo",
        shape=(height, width),
    )
    words.note(f"Mean activation {strength[0]:.2f}, highest {strength[1]:.2f}.")
    if st.button(
        "What would excite it most?",
        icon=":material/auto_awesome:",
        key="look.excite",
        width="stretch",
        help="Opens Synthesize with this channel as the target",
    ):
        address.forget("synthesize")
        st.switch_page("pages/synthesize.py", query_params={"network": network, "target": target})
