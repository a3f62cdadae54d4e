"""What a run aims at: classes, channels of one layer, added and subtracted, or a layer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tfcore import catalog, classes, trained
from tfcore.errors import UserError

MOST_TERMS = 5
CENTER = "@center"
_MOST_DIGITS = 9
_SIGN = re.compile(r"\s([+\-−])\s")


@dataclass(frozen=True)
class ClassTarget:
    """A class by its index among the network's outputs and its display name."""

    index: int
    name: str

    @property
    def number(self) -> int:
        """Which of the network's outputs it is."""
        return self.index


@dataclass(frozen=True)
class ChannelTarget:
    """One channel of a layer's activation.

    Args:
        layer: The layer's name.
        channel: Counted from 0.
        is_unit: Whether the one unit in the middle of the picture is meant, and not the mean of
            the channel over all places.
    """

    layer: str
    channel: int
    is_unit: bool = False

    @property
    def name(self) -> str:
        """The way a person writes it: ``layer:channel`` or ``layer:channel@center``."""
        return f"{self.layer}:{self.channel}{CENTER if self.is_unit else ''}"

    @property
    def number(self) -> int:
        """Which of the layer's channels it is."""
        return self.channel


@dataclass(frozen=True)
class LayerTarget:
    """A whole layer: more of whatever it sees.

    Args:
        layer: The layer's name.
    """

    layer: str

    @property
    def name(self) -> str:
        """The layer's name."""
        return self.layer

    @property
    def number(self) -> int:
        """There is one."""
        return 0


Part = ClassTarget | ChannelTarget | LayerTarget


@dataclass(frozen=True)
class Target:
    """A weighted sum of parts of one kind; mostly one part of weight 1.

    Args:
        terms: Parts with their weights. The first is wanted: its weight is positive.
    """

    terms: tuple[tuple[Part, float], ...]

    @property
    def name(self) -> str:
        """The way a person writes it, such as ``zebra + goldfish - tabby``."""
        first, *others = self.terms
        return first[0].name + "".join(
            f" {'+' if weight > 0 else '-'} {part.name}" for part, weight in others
        )

    @property
    def class_index(self) -> int | None:
        """Index of the first class; None for channels."""
        part = self.terms[0][0]
        return part.index if isinstance(part, ClassTarget) else None

    @property
    def wanted_classes(self) -> tuple[int, ...]:
        """Indices of the classes that shall be seen; empty for channels."""
        return tuple(
            part.index for part, weight in self.terms if isinstance(part, ClassTarget) if weight > 0
        )

    @property
    def channel(self) -> ChannelTarget | None:
        """The first channel; None for classes and layers."""
        part = self.terms[0][0]
        return part if isinstance(part, ChannelTarget) else None


def resolve(text: str, network: str) -> Target:
    """Find what ``text`` means for ``network``.

    Args:
        text: A class name, part of one, an index, ``layer:channel`` (the mean of the channel),
            ``layer:channel@center`` (its one unit in the middle), or ``layer`` (all of it).
            Several classes or channels, joined by " + " and " - ", make a sum or a difference.
        network: Name in the catalog; it decides which classes and layers exist.

    Raises:
        UnknownName: Nothing has that name; the nearest are offered.
        UserError: An index or a channel out of bounds, or parts that cannot be added.

    Example:
        >>> resolve("siam", "efficientnet-lite0").name
        'Siamese cat'
        >>> resolve("zebra + goldfish", "efficientnet-lite0").wanted_classes
        (340, 1)
    """
    version = trained.version(network) if trained.is_head(network) else None
    return _resolved(text, network, version)


@lru_cache(maxsize=1024)
def _resolved(text: str, network: str, version: object) -> Target:
    """The same, looked up once as long as the network stays what it is."""
    del version
    if classes.of(network).has(text):  # a name of one's own may hold what joins two others
        return Target(((_part(text, network), 1.0),))
    pieces = _SIGN.split(text)
    if len(pieces) > 2 * MOST_TERMS:
        raise UserError(
            f"a target of {len(pieces) // 2 + 1} parts", f"at most {MOST_TERMS}", "leave some out"
        )
    signs = ["+", *pieces[1::2]]
    terms = tuple(
        (_part(piece, network), 1.0 if sign == "+" else -1.0)
        for piece, sign in zip(pieces[::2], signs, strict=True)
    )
    _check_terms([part for part, _ in terms])
    return Target(terms)


def _check_terms(parts: list[Part]) -> None:
    """Refuse parts that no one objective can weigh."""
    if len(set(parts)) < len(parts):
        raise UserError("the same part twice", "different parts", "name each part once")
    if len({kind(part) for part in parts}) > 1:
        raise UserError(
            "parts of different kinds",
            "classes alone, or channels of one layer",
            "add only parts of one kind",
        )


def kind(part: Part) -> tuple[str, ...]:
    """What parts that are weighed together must share."""
    if isinstance(part, ChannelTarget):
        return ("channel", part.layer, CENTER if part.is_unit else "")
    return ("layer", part.layer) if isinstance(part, LayerTarget) else ("class",)


def _part(text: str, network: str) -> Part:
    known = classes.of(network)
    if known.has(text.strip()) or not (":" in text or _is_layer(text.strip(), network)):
        label = known.find(text)
        return ClassTarget(label.index, label.name)
    if ":" not in text:
        catalog.get_layer(network, text.strip())
        return LayerTarget(text.strip())
    return _channel(text, network)


def _is_layer(text: str, network: str) -> bool:
    """Whether a text without a channel means a layer; no class of ImageNet has an underscore."""
    return text in catalog.layers(network) or ("_" in text and not trained.is_head(network))


def _channel(text: str, network: str) -> ChannelTarget:
    layer, _, channel = (part.strip() for part in text.rpartition(":"))
    is_unit = channel.endswith(CENTER)
    channel = channel.removesuffix(CENTER)
    channels = catalog.get_layer(network, layer)
    is_number = channel.isascii() and channel.isdecimal() and len(channel) <= _MOST_DIGITS
    if not is_number or int(channel) >= channels:
        raise UserError(
            f'channel "{channel[:_MOST_DIGITS]}" of layer {layer}',
            f"a whole number from 0 to {channels - 1}",
            f"try {layer}:0",
        )
    return ChannelTarget(layer, int(channel), is_unit)
