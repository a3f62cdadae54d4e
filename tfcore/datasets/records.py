"""What a scan says about one file: a photo that can be used, or one that is set aside, and why.

Both are small, frozen and plain: text and whole numbers, so that 25,000 of them fit into memory and
each becomes one line of JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from tfcore.errors import Flaw, UserError


class Reason(StrEnum):
    """Why a file is set aside; the words are stable, other programs may count them."""

    EMPTY = Flaw.EMPTY.value
    TRUNCATED = Flaw.TRUNCATED.value
    """Cut off, or damaged inside: a decoder mostly cannot tell one from the other."""
    NOT_AN_IMAGE = Flaw.NOT_AN_IMAGE.value
    TOO_SMALL = Flaw.TOO_SMALL.value
    TOO_LARGE = Flaw.TOO_LARGE.value
    LINK_OUTSIDE = "link-outside"
    """A link, or a name in an archive, that leads out of the data set or round in a circle."""
    DUPLICATE = "duplicate"
    """The very same bytes have been seen earlier in the data set."""
    UNREADABLE = "unreadable"
    NO_CLASS = "no-class"
    """It lies where no class can be told from its place or name."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A file that was decoded to its end and belongs to a class.

    Attributes:
        file: Where it lies, from the data set's root, as ``names.as_text`` writes it.
        label: Name of its class.
        digest: SHA-256 of the file's bytes, 64 hexadecimal digits.
        width: In pixels, upright and as ``images.decode`` gives it, so at most 2048.
        height: The same for the other side.
        kind: ``JPEG``, ``PNG``, ``WEBP``, ``GIF`` or ``BMP``, told by content.
        near: 64-bit hash of what it looks like (``likeness.near_hash``); None for a picture too
            small or too flat to have one.
        note: Something worth knowing that does not hinder its use; mostly empty.
        name: What its file was called before an archive was unpacked; empty where it still is.
    """

    file: Annotated[str, Field(min_length=1)]
    label: Annotated[str, Field(min_length=1)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    kind: str
    near: Annotated[int, Field(ge=0, lt=1 << 64)] | None = None
    note: str = ""
    name: str = ""

    @property
    def shown(self) -> str:
        """The name that a person knows it by."""
        return self.name or self.file


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that is left out, with the reason in a word and in a sentence.

    Attributes:
        file: As in ``Photo``.
        reason: The word.
        sentence: ``got ..., expected ..., fix: ...`` for a person.
        name: As in ``Photo``.
    """

    file: Annotated[str, Field(min_length=1)]
    reason: Reason
    sentence: str
    name: str = ""

    @classmethod
    def because(
        cls, file: str, reason: Reason, got: str, expected: str, fix: str, *, name: str = ""
    ) -> Quarantined:
        """Set a file aside with a sentence of the usual three parts."""
        return cls(file, reason, str(UserError(got, expected, fix)), name)

    @property
    def shown(self) -> str:
        """The name that a person knows it by."""
        return self.name or self.file


Record = Photo | Quarantined
Row = dict[str, str | int | None]

_PHOTO = TypeAdapter(Photo)
_QUARANTINED = TypeAdapter(Quarantined)


def to_row(record: Record) -> Row:
    """A record as plain data for JSON.

    Example:
        >>> to_row(Quarantined("cat/1.jpg", Reason.EMPTY, "got an empty file"))["reason"]
        'empty'
    """
    return {key: value for key, value in asdict(record).items() if value not in ("", None)}


def from_row(row: object) -> Record:
    """The record that ``to_row`` wrote.

    Raises:
        UserError: It did not write this.
    """
    try:
        if isinstance(row, dict) and "reason" in row:
            return _QUARANTINED.validate_python(row)
        return _PHOTO.validate_python(row)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "row"
        raise UserError(
            f"a listing with a damaged entry ({place}: {first['msg']})",
            "one that this lab has written",
            "scan the data set again",
        ) from error
