"""Classes by name: finding the one that a person means by what they type."""

from __future__ import annotations

import difflib
import heapq
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfcore.errors import UnknownName, UserError

_QUERY_CHARACTERS = 80  # more than any name; a longer text would only slow the search
_WEIGHED = 40  # candidates whose spelling is compared letter by letter
_CLOSE_ENOUGH = 0.6  # likeness from which a misspelt name is still offered by search


@dataclass(frozen=True, order=True)
class Label:
    """One class: its ``index`` among a network's outputs and its unique ``name``."""

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


class Classes:
    """The classes that a network tells apart, in the order of its outputs.

    Args:
        names: Their display names, no two alike.
        synonyms: More names of some, by index.
        known_as: What an error calls one of them.
        example: Index of the class that an error proposes.

    Example:
        >>> pets = Classes(["cat", "dog"])
        >>> pets.find("DOG").index, pets.count
        (1, 2)
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        synonyms: Mapping[int, Sequence[str]] | None = None,
        known_as: str = "a known class",
        example: int = 0,
    ) -> None:
        self._names, self._known_as, self._example = tuple(names), known_as, example
        self._entries = [
            _entry(Label(index, name), (synonyms or {}).get(index, ()))
            for index, name in enumerate(self._names)
        ]
        self._by_name = {entry.label.name: entry.label for entry in self._entries}

    @property
    def count(self) -> int:
        """How many there are; indices run from 0 to one less."""
        return len(self._names)

    def names(self) -> tuple[str, ...]:
        """All display names in the order of the network's outputs."""
        return self._names

    def name(self, index: int) -> str:
        """The display name of a class, unique among all.

        Raises:
            UserError: If the index is out of bounds.
        """
        return self._names[self.checked(index)]

    def has(self, name: str) -> bool:
        """Whether a text is a display name, letter by letter."""
        return name in self._by_name

    def recorded(self, pairs: Iterable[tuple[int, float]]) -> list[dict[str, Any]]:
        """Classes with their probabilities, as summaries and the command line's JSON carry them.

        Example:
            >>> Classes(["cat", "dog"]).recorded([(1, 0.5)])
            [{'index': 1, 'name': 'dog', 'probability': 0.5}]
        """
        return [
            {"index": index, "name": self.name(index), "probability": probability}
            for index, probability in pairs
        ]

    def search(self, query: str, limit: int = 20) -> list[Label]:
        """Classes that fit what was typed, best first.

        Ranked: the name itself, a synonym, whole words, beginnings of words, any part of a name;
        ties by index. Only if nothing of this fits, names that are spelt alike. Case, spaces,
        hyphens and underscores do not matter, and an index finds its class.

        Args:
            query: What was typed; an empty query lists the classes from 0 on.
            limit: Most labels returned.
        """
        return (self._matches(query) or self._alike(query, _CLOSE_ENOUGH))[: max(0, limit)]

    def find(self, query: str | int) -> Label:
        """The one class that fits best; a name letter by letter comes before an index.

        Args:
            query: A name, part of one, or an index.

        Raises:
            UnknownName: If nothing fits; the three names most alike are offered.
            UserError: If an index is out of bounds, or nothing was typed.
        """
        text = str(query).strip()
        if isinstance(query, int):
            return self._entries[self.checked(query)].label
        exact = self._by_name.get(query) or self._by_name.get(text)
        if exact is not None:
            return exact  # a class of one's own may be called "7"
        number = _typed_number(text)
        if number is not None:
            if not 0 <= number < self.count:
                raise self._out_of_bounds(text if len(text) <= 9 else text[:9] + "...")
            return self._entries[number].label
        if not text:
            typed = f'type a name such as "{self._names[self._example]}"'
            raise UserError("no class", "a class name or an index", typed)
        found = self._matches(text)
        if not found:
            offer = ", ".join(label.name for label in self._alike(text, 0.0)[:3])
            shown = "".join(c if c.isprintable() else " " for c in text[:_QUERY_CHARACTERS])
            raise UnknownName(f'class "{shown}"', self._known_as, f"try {offer}")
        return found[0]

    def checked(self, index: int) -> int:
        """An index that is one.

        Raises:
            UserError: If it is out of bounds.
        """
        position = operator.index(index)
        if not 0 <= position < self.count:
            raise self._out_of_bounds(str(position))
        return position

    def _out_of_bounds(self, shown: str) -> UserError:
        return UserError(
            f"class index {shown}",
            f"a whole number from 0 to {self.count - 1}",
            f"try {self._example}, the {self._names[self._example]}",
        )

    def _matches(self, query: str) -> list[Label]:
        """Labels that contain the query in one way or another, best way first."""
        text = query.strip()[:_QUERY_CHARACTERS]
        number = _typed_number(text)
        if number is not None:
            return [self._entries[number].label] if 0 <= number < self.count else []
        words = _words(text)
        if not words:
            return [] if text else [entry.label for entry in self._entries]
        ranked = [(_rank(entry, words), entry.label) for entry in self._entries]
        return [label for rank, label in sorted((r, label) for r, label in ranked if r is not None)]

    def _alike(self, query: str, cutoff: float) -> list[Label]:
        """Labels with a name spelt like the query, most alike first.

        Exact likeness is slow, so only those that share most letters and pairs of letters are
        weighed.
        """
        squashed = "".join(_words(query[:_QUERY_CHARACTERS]))
        grams = _grams(squashed)
        near = heapq.nlargest(_WEIGHED, self._entries, key=lambda entry: _shared(grams, entry))
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(squashed)
        ranked = sorted((-_likeness(matcher, entry), entry.label) for entry in near)
        return [label for likeness, label in ranked if -likeness >= cutoff]


def _typed_number(text: str) -> int | None:
    """The whole number that a text is; cut to nine digits, which is out of bounds either way."""
    typed = re.fullmatch(r"([+-]?)0*(\d+)", text, re.ASCII)
    return int(typed[1] + typed[2][:9]) if typed else None


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
    # A name or a query of signs alone has none.
    return max(2 * len(grams & known) / max(1, len(grams) + len(known)) for known in entry.grams)


def _words(text: str) -> tuple[str, ...]:
    """The words of a text without case and punctuation: "Pug-dog" and "pug_dog" are the same."""
    return tuple(re.findall(r"[^\W_]+", text.casefold().replace("'", "")))


def _entry(label: Label, synonyms: Sequence[str]) -> _Entry:
    words = tuple(dict.fromkeys(_words(text) for text in (label.name, *synonyms)))
    squashed = tuple("".join(parts) for parts in words)
    grams = tuple(_grams(known) for known in squashed)
    return _Entry(label, words, squashed, "\n".join(squashed), grams)
