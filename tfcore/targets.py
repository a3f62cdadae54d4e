"""What a run aims at: a class of ImageNet, or one channel of one layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tfcore import catalog, labels
from tfcore.errors import UserError

_MOST_DIGITS = 9


@dataclass(frozen=True)
class ClassTarget:
    """A class by its index (0 to 999) and display name."""

    index: int
    name: str


@dataclass(frozen=True)
class ChannelTarget:
    """One channel of a layer's activation."""

    layer: str
    channel: int

    @property
    def name(self) -> str:
        """The way a person writes it: ``layer:channel``."""
        return f"{self.layer}:{self.channel}"


Target = ClassTarget | ChannelTarget


@lru_cache(maxsize=1024)
def resolve(text: str, network: str) -> Target:
    """Find what ``text`` means for ``network``.

    Args:
        text: A class name, part of one, an index, or ``layer:channel``.
        network: Name in the catalog; it decides which layers exist.

    Raises:
        UnknownName: Nothing has that name; the nearest are offered.
        UserError: An index or a channel out of bounds.

    Example:
        >>> resolve("siam", "efficientnet-lite0")
        ClassTarget(index=284, name='Siamese cat')
    """
    layer, colon, channel = text.rpartition(":")
    if not colon:
        label = labels.find(text)
        return ClassTarget(label.index, label.name)
    layer, channel = layer.strip(), channel.strip()
    channels = catalog.get_layer(network, layer)
    is_number = channel.isascii() and channel.isdecimal() and len(channel) <= _MOST_DIGITS
    if not is_number or int(channel) >= channels:
        raise UserError(
            f'channel "{channel[:_MOST_DIGITS]}" of layer {layer}',
            f"a whole number from 0 to {channels - 1}",
            f"try {layer}:0",
        )
    return ChannelTarget(layer, int(channel))
