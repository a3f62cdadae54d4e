"""Which photos are learned from, which choose among settings, and which are asked at the end.

Each photo's side follows from the seed and its own bytes alone. So it keeps its side when others
are added or removed, whatever the files are called and on any machine; and two copies of the same
bytes always stand on one side, even if nobody has noticed that they are copies.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tfcore.datasets.records import Photo
from tfcore.errors import UserError


class Side(StrEnum):
    """What a photo is for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True)
class Split:
    """Photos by what they are for, each side in the order they were given.

    Attributes:
        train: To be learned from.
        validation: To choose settings and the moment to stop.
        test: To be asked once, at the end.
        missing: Sides that were wanted, and the class that has no photo there.
    """

    train: tuple[Photo, ...]
    validation: tuple[Photo, ...]
    test: tuple[Photo, ...]
    missing: tuple[tuple[Side, str], ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each class that has no photo on a side."""
        return tuple(
            f'class "{label}" has no photo for {side}: add photos, or choose another seed'
            for side, label in self.missing
        )


def side_of(digest: str, *, validation: float = 0.2, test: float = 0.2, seed: int = 0) -> Side:
    """The side of one photo.

    A photo of the test side stays there whatever share the validation gets.

    Args:
        digest: ``Photo.digest``.
        validation: Share of the validation side, 0 to below 1.
        test: Share of the test side; what is left is for training.
        seed: Another seed, another split.

    Example:
        >>> side_of("00" * 32, validation=0.0, test=0.0).value
        'train'
    """
    _check_shares(validation, test)
    place = _draw(seed, digest) / 2**64
    if place < test:
        return Side.TEST
    return Side.VALIDATION if place >= 1 - validation else Side.TRAIN


def split(
    photos: Iterable[Photo], *, validation: float = 0.2, test: float = 0.2, seed: int = 0
) -> Split:
    """Put every photo on its side; within each class the shares are those asked for, on average.

    Args:
        photos: Those of a ``Listing``.
        validation: Share of the validation side, 0 to below 1; 0 leaves it out.
        test: Share of the test side; 0 leaves it out.
        seed: Another seed, another split.

    Raises:
        UserError: There is no photo, or the shares leave none to train with.

    Example:
        >>> parts = split(listing.photos, seed=1)           # doctest: +SKIP
        >>> len(parts.train), len(parts.validation), len(parts.test)    # doctest: +SKIP
        (243, 79, 78)
    """
    _check_shares(validation, test)
    sides: dict[Side, list[Photo]] = {side: [] for side in Side}
    labels: dict[str, set[Side]] = {}
    for photo in photos:
        side = side_of(photo.digest, validation=validation, test=test, seed=seed)
        sides[side].append(photo)
        labels.setdefault(photo.label, set()).add(side)
    if not labels:
        raise _no_photos()
    wanted = [Side.TRAIN, *[Side.VALIDATION] * (validation > 0), *[Side.TEST] * (test > 0)]
    missing = tuple(
        (side, label) for label in sorted(labels) for side in wanted if side not in labels[label]
    )
    train, validated, tested = (tuple(sides[side]) for side in Side)
    return Split(train, validated, tested, missing)


def folds(photos: Iterable[Photo], k: int, *, seed: int = 0) -> tuple[tuple[Photo, ...], ...]:
    """Divide photos into parts of the same mixture, each to be the test side once.

    Within a class the parts differ by at most one picture. Copies of the same bytes stay together,
    and count once.

    Args:
        photos: Those of a ``Listing``.
        k: Number of parts, 2 to the number of photos.
        seed: Another seed, other parts.

    Returns:
        ``k`` parts, each in the order that the photos were given.

    Raises:
        UserError: There are fewer different photos than parts.

    Example:
        >>> [len(fold) for fold in folds(listing.photos, 5)]    # doctest: +SKIP
        [80, 80, 80, 80, 80]
    """
    given = list(photos)
    labels = {photo.digest: photo.label for photo in reversed(given)}  # the first one's label
    if not labels:
        raise _no_photos()
    if not 2 <= k <= len(labels):
        raise UserError(
            f"{k} folds of {len(labels)} photos", f"2 to {len(labels)}", "choose 5, or add photos"
        )
    classes: dict[str, list[str]] = defaultdict(list)
    for digest, label in labels.items():
        classes[label].append(digest)
    fold_of: dict[str, int] = {}
    start = 0
    for label in sorted(classes):
        # Each class goes on where the one before has ended, so that the whole is balanced too.
        for number, digest in enumerate(sorted(classes[label], key=lambda d: (_draw(seed, d), d))):
            fold_of[digest] = (start + number) % k
        start += len(classes[label])
    parts: tuple[list[Photo], ...] = tuple([] for _ in range(k))
    for photo in given:
        parts[fold_of[photo.digest]].append(photo)
    return tuple(map(tuple, parts))


def _draw(seed: int, digest: str) -> int:
    """A number below 2^64 that only this seed and these bytes give."""
    return int.from_bytes(hashlib.sha256(f"{seed} {digest}".encode()).digest()[:8], "big")


def _check_shares(validation: float, test: float) -> None:
    if not (0 <= validation < 1 and 0 <= test < 1 and validation + test < 1):
        raise UserError(
            f"shares of {validation:g} for validation and {test:g} for test",
            "0 or more each, and together below 1",
            "give 0.2 each",
        )


def _no_photos() -> UserError:
    return UserError("no photo at all", "photos of at least one class", "look at the scan's report")
