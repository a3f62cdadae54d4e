"""The classes of a network: ImageNet's thousand, or those that its head was trained on."""

from __future__ import annotations

from functools import lru_cache

from tfcore import labels, trained
from tfcore.errors import UserError
from tfcore.lookup import Classes, Label

__all__ = ["Classes", "Label", "are_shared", "of", "usual"]

USUAL = "Siamese cat"
"""What is asked of a network of the table when nobody says anything else: the lesson's own cat."""


def of(network: str) -> Classes:
    """The classes that a network tells apart, in the order of its outputs.

    Args:
        network: A name of the catalog.

    Raises:
        UnknownName: It was trained here, and is gone.

    Example:
        >>> of("vgg16").name(284)
        'Siamese cat'
    """
    if not trained.is_head(network):
        return labels.classes()
    about = trained.about(network)
    return _own(about.classes, about.title)


def are_shared(*networks: str) -> bool:
    """Whether networks tell the same classes apart, in the same order.

    Raises:
        UnknownName: One was trained here, and is gone.

    Example:
        >>> are_shared("vgg16", "efficientnet-lite0")
        True
    """
    return len({of(network).names() for network in networks}) <= 1


def usual(network: str, besides: str = "") -> str:
    """The class that is asked of a network when nobody says which: of one's own, the first.

    Args:
        network: A name of the catalog; of one that is unknown nothing is known either.
        besides: A class that is not meant.

    Example:
        >>> usual("vgg16")
        'Siamese cat'
    """
    if not trained.is_head(network):
        return USUAL
    try:
        names = of(network).names()
    except UserError:
        return USUAL  # refused in words where the network's own field is checked
    return next((name for name in names if name != besides), names[0])


@lru_cache(maxsize=64)
def _own(names: tuple[str, ...], title: str) -> Classes:
    return Classes(names, known_as=f"a class of {title}")
