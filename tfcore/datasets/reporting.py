"""What a person should know of a data set before anything is learned from it."""

from __future__ import annotations

import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tfcore.datasets.copies import Contradiction, Sorted
from tfcore.datasets.likeness import alike
from tfcore.datasets.records import Photo, Reason

MOST_IMBALANCE = 10.0
"""A largest class of more than so many times the smallest is warned of."""
MOST_PAIRS = 1000
"""Near duplicates are looked for until so many pairs are found."""
_MOST_TOLD = 10
_SIDES = {"train", "training", "test", "testing", "val", "valid", "validation"}

Size = tuple[int, int]


@dataclass(frozen=True)
class Report:
    """A data set in figures and sentences.

    Attributes:
        files: How many files were looked at.
        photos: How many of them can be used.
        classes: Photos of each class, the labels in order; 0 where every file was set aside.
        smallest: Width and height in pixels of the photo of the least area; zeros without any.
        largest: The same of the greatest.
        median: Median width and median height.
        imbalance: Photos of the largest class for each one of the smallest that has any; 1 is
            even, and 0 stands where there is no photo at all.
        quarantined: How many files were set aside, for each reason.
        duplicates: How many of these were copies.
        notes: How many photos carry a note.
        contradictions: The same bytes under two labels.
        near: Pairs of names of different classes that look alike, at most ``MOST_PAIRS``.
        warnings: What may spoil the learning, a sentence each.
    """

    files: int
    photos: int
    classes: dict[str, int]
    smallest: Size
    largest: Size
    median: Size
    imbalance: float
    quarantined: dict[Reason, int]
    duplicates: int
    notes: int
    contradictions: tuple[Contradiction, ...]
    near: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def report(found: Sorted, labels: Iterable[str] = ()) -> Report:
    """Count, measure and warn.

    Args:
        found: The records of a data set without its copies.
        labels: Classes that there should be, even if nothing in them can be used.

    Example:
        >>> report(Sorted((), (), ())).warnings
        ('no file can be used as a photo',)
    """
    photos = found.photos
    counts = Counter(photo.label for photo in photos)
    classes = {label: counts[label] for label in sorted({*labels, *counts})}
    near = _near(photos)
    smallest, largest, median = _sizes(photos)
    reasons = Counter(record.reason for record in found.quarantined)
    imbalance = max(counts.values()) / min(counts.values()) if counts else 0.0
    return Report(
        files=len(photos) + len(found.quarantined),
        photos=len(photos),
        classes=classes,
        smallest=smallest,
        largest=largest,
        median=median,
        imbalance=imbalance,
        quarantined={reason: reasons[reason] for reason in Reason if reasons[reason]},
        duplicates=reasons[Reason.DUPLICATE],
        notes=sum(bool(photo.note) for photo in photos),
        contradictions=found.contradictions,
        near=near,
        warnings=(
            *_of_classes(classes, imbalance),
            *_told([_contradiction(one) for one in found.contradictions], "contradictions"),
            *_told(
                [f'"{a}" and "{b}" look alike, but are of two classes' for a, b in near], "pairs"
            ),
        ),
    )


def _sizes(photos: Sequence[Photo]) -> tuple[Size, Size, Size]:
    """The smallest and the largest size by area, and the median of each side."""
    if not photos:
        return (0, 0), (0, 0), (0, 0)
    sizes = sorted(((photo.width, photo.height) for photo in photos), key=lambda s: s[0] * s[1])
    width, height = (round(statistics.median(side)) for side in zip(*sizes, strict=True))
    return sizes[0], sizes[-1], (width, height)


def _near(photos: Sequence[Photo]) -> tuple[tuple[str, str], ...]:
    """Names of photos of different classes that look alike."""
    hashed = [(photo, photo.near) for photo in photos if photo.near is not None]
    numbers: dict[str, int] = {}
    groups = [numbers.setdefault(photo.label, len(numbers)) for photo, _ in hashed]
    pairs = alike([near for _, near in hashed], groups)
    return tuple((hashed[a][0].shown, hashed[b][0].shown) for a, b in islice(pairs, MOST_PAIRS))


def _of_classes(classes: dict[str, int], imbalance: float) -> Iterator[str]:
    if not any(classes.values()):
        yield "no file can be used as a photo"
        return
    for label, count in classes.items():
        if count == 0:
            yield f'class "{label}" has no photo that can be used'
        elif count == 1:
            yield f'class "{label}" has only one photo, so it cannot be both learned and tested'
    if len(classes) == 1:
        yield f'there is only one class, "{next(iter(classes))}": at least two can be told apart'
    if {label.casefold() for label in classes} <= _SIDES:
        yield (
            f"the classes are called {' and '.join(classes)}, which are no classes but sides of a"
            " split: choose one of these folders as the data set"
        )
    if imbalance > MOST_IMBALANCE:
        most, least = (
            pick((label for label in classes if classes[label]), key=classes.__getitem__)
            for pick in (max, min)
        )
        yield (
            f'class "{most}" has {imbalance:.0f} times as many photos as "{least}": a network'
            " that always says the larger one would look good"
        )
    same = defaultdict(list)
    for label in classes:
        same[unicodedata.normalize("NFKC", label).casefold().strip()].append(f'"{label}"')
    for labels in same.values():
        if len(labels) > 1:
            yield f"the classes {' and '.join(labels)} are written almost alike: are they one?"


def _contradiction(one: Contradiction) -> str:
    return (
        f'the same photo is "{one.label}" as {one.kept} and "{one.other_label}" as {one.other}:'
        " the first was kept"
    )


def _told(sentences: list[str], what: str) -> Iterator[str]:
    """The first sentences, and how many more there are."""
    yield from sentences[:_MOST_TOLD]
    if len(sentences) > _MOST_TOLD:
        more = len(sentences) - _MOST_TOLD
        least = "at least " if len(sentences) >= MOST_PAIRS else ""
        yield f"and {least}{more} more such {what}"
