"""The same bytes twice: a copy must not be learned from on one side and asked about on the other.

The first in order is kept, the others are set aside. A copy in another class is worse than a copy:
one of the two labels is wrong, and nobody but a person can say which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tfcore.datasets.records import Photo, Quarantined, Reason, Record


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One picture under two labels.

    Attributes:
        kept: Name of the file that was kept.
        label: Its class.
        other: Name of the copy.
        other_label: The copy's class.
    """

    kept: str
    label: str
    other: str
    other_label: str


@dataclass(frozen=True)
class Sorted:
    """Records with the copies told apart, each kind in the order it came.

    Attributes:
        photos: No two of them have the same digest.
        quarantined: What was set aside before, and the copies.
        contradictions: Copies whose class is another than that of the photo that was kept.
    """

    photos: tuple[Photo, ...]
    quarantined: tuple[Quarantined, ...]
    contradictions: tuple[Contradiction, ...]


def without_copies(records: Iterable[Record]) -> Sorted:
    """Keep the first of each picture.

    Example:
        >>> without_copies([]).photos
        ()
    """
    first: dict[str, Photo] = {}
    quarantined: list[Quarantined] = []
    contradictions: list[Contradiction] = []
    for record in records:
        if isinstance(record, Quarantined):
            quarantined.append(record)
            continue
        kept = first.setdefault(record.digest, record)
        if kept is record:
            continue
        quarantined.append(_copy(record, kept))
        if kept.label != record.label:
            contradictions.append(Contradiction(kept.shown, kept.label, record.shown, record.label))
    return Sorted(tuple(first.values()), tuple(quarantined), tuple(contradictions))


def _copy(photo: Photo, kept: Photo) -> Quarantined:
    got = f'a copy of "{kept.shown}"'
    fix = "nothing is lost, it may be deleted"
    if kept.label != photo.label:
        got += f' under another class, "{photo.label}" instead of "{kept.label}"'
        fix = "delete the one that lies in the wrong class"
    return Quarantined.because(
        photo.file, Reason.DUPLICATE, got, "each picture once", fix, name=photo.name
    )
