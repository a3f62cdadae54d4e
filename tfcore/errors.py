"""Errors that a user can mend.

Every message is one sentence of three parts: what was got, what was expected, how to mend it.
Pages show it as it stands; the command line prints it after ``error:`` and leaves with status 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import StrEnum


class UserError(ValueError):
    """A mistake in what was asked for, told so that a beginner can mend it.

    Args:
        got: What was received, without a trailing full stop.
        expected: What would have been right.
        fix: The next thing to do.

    Example:
        >>> str(UserError("0 steps", "1 to 5000", "give --steps 256"))
        'got 0 steps, expected 1 to 5000, fix: give --steps 256'
    """

    def __init__(self, got: str, expected: str, fix: str) -> None:
        self.got, self.expected, self.fix = got, expected, fix
        super().__init__(f"got {got}, expected {expected}, fix: {fix}")

    def __reduce__(self) -> tuple[type[UserError], tuple[str, ...]]:
        """Rebuild from the three parts, so that the error survives a trip between processes."""
        return type(self), (self.got, self.expected, self.fix)


class Flaw(StrEnum):
    """Why a file is no picture that this product can take; the words are stable."""

    EMPTY = "empty"
    TRUNCATED = "truncated"
    """Cut off, or damaged inside: a decoder mostly cannot tell one from the other."""
    NOT_AN_IMAGE = "not-an-image"
    TOO_SMALL = "too-small"
    TOO_LARGE = "too-large"


class BadImage(UserError):
    """An uploaded file that is not a picture this product can take.

    Args:
        got: What was received, without a trailing full stop.
        expected: What would have been right.
        fix: The next thing to do.
        flaw: The same in one word, for programs and tables.
    """

    def __init__(self, got: str, expected: str, fix: str, flaw: Flaw = Flaw.NOT_AN_IMAGE) -> None:
        self.flaw = flaw
        super().__init__(got, expected, fix)

    def __reduce__(self) -> tuple[type[BadImage], tuple[str, str, str, Flaw]]:
        """Keep the flaw too on a trip between processes."""
        return type(self), (self.got, self.expected, self.fix, self.flaw)


class UnknownName(UserError):
    """A class, network or layer that does not exist; the message offers the nearest names."""

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str]) -> UnknownName:
        """Make the error for ``name``, offering the three nearest of ``known``.

        Args:
            kind: What the name was meant to be, such as "network".
            name: What was given.
            known: Every name that would have been right.
        """
        names = {candidate.lower(): candidate for candidate in known}
        near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.4)
        offer = ", ".join(names[n] for n in near) or ", ".join(list(names.values())[:3])
        return cls(f'{kind} "{name}"', f"a known {kind}", f"try {offer}")


class WeightsMissing(UserError):
    """A network whose weights are not on this machine and cannot be fetched."""


class TooLarge(UserError):
    """A run that cannot fit into the worker's memory."""
