"""What a head is taught with: photos, their features and classes, divided into sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from tfcore.datasets.listing import Listing
from tfcore.datasets.records import Photo
from tfcore.datasets.splitting import split
from tfcore.errors import UserError
from tfcore.heads.trainer import Samples
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

Floats = npt.NDArray[np.float32]

_MOST_NAMED = 5


@dataclass(frozen=True)
class Material:
    """A data set in one network's eyes.

    Attributes:
        title: What people call the data set.
        digest: ``Listing.digest``.
        space: What the features lie in.
        photos: Those that have features, in the order of the listing.
        values: Their features, ``(len(photos), dim)``.
    """

    title: str
    digest: str
    space: Space
    photos: Sequence[Photo] = field(repr=False)
    values: Floats = field(repr=False)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in order: a head's outputs are numbered by it."""
        return tuple(sorted({photo.label for photo in self.photos}))

    def of(self, photos: Sequence[Photo]) -> Material:
        """A part of the same data set."""
        rows = {photo.digest: row for row, photo in enumerate(self.photos)}
        chosen = [rows[photo.digest] for photo in photos]
        return replace(self, photos=list(photos), values=self.values[chosen])

    def samples(self, photos: Sequence[Photo], classes: Sequence[str]) -> Samples:
        """Features and classes of some of the photos."""
        rows = {photo.digest: row for row, photo in enumerate(self.photos)}
        numbers = {name: number for number, name in enumerate(classes)}
        chosen = [rows[photo.digest] for photo in photos]
        labels = np.array([numbers[photo.label] for photo in photos], np.int32)
        return Samples(self.values[chosen], labels)


def load(store: FeatureStore, space: Space, found: Listing, title: str) -> Material:
    """Read the features of a data set; photos that were set aside since its scan have none.

    Args:
        store: Where they are kept.
        space: What they lie in.
        found: The data set.
        title: What people call it.

    Raises:
        UserError: No photo has features, or they are no numbers.
    """
    known = store.known(space)
    photos = [photo for photo in found.photos if photo.digest in known]
    if not photos:
        raise UserError(
            "photos without features", "a finished extraction", "extract the features again"
        )
    values = store.read(space, [photo.digest for photo in photos])
    if not np.isfinite(values).all():
        raise UserError("features that are no numbers", "finite ones", "extract the features again")
    return Material(title, found.digest, space, photos, values)


@dataclass(frozen=True)
class Taught:
    """The sides of a data set.

    Attributes:
        train, validation: Photos; every class has at least one to be learned from.
        notes: What a person should know, each in a sentence.
    """

    train: Sequence[Photo]
    validation: Sequence[Photo]
    notes: tuple[str, ...]


def divided(material: Material, validation: float, seed: int) -> Taught:
    """Divide photos by their digests into those that are learned from and those that check.

    Raises:
        UserError: There is one class alone, a class with one photo, or a side without photos.

    Example:
        >>> sides = divided(material, 0.2, seed=0)                  # doctest: +SKIP
        >>> len(sides.train), len(sides.validation)                 # doctest: +SKIP
        (321, 79)
    """
    counts = Counter(photo.label for photo in material.photos)
    if len(counts) < 2:
        raise UserError(
            f'one class ("{min(counts)}")',
            "at least two to tell apart",
            "add a folder of photos of something else",
        )
    if lonely := sorted(label for label, count in counts.items() if count < 2):
        raise UserError(
            f"{_named(lonely)} with one photo",
            "at least two of each class: one to learn from and one to check with",
            "add photos, or leave the class out",
        )
    sides = split(material.photos, validation=validation, test=0.0, seed=seed)
    unseen = sorted(set(counts) - {photo.label for photo in sides.train})
    if unseen:
        raise UserError(
            f"{_named(unseen)} without a photo to learn from: all fell to the checking side",
            "at least one of each class to learn from",
            "add photos, lower the validation share, or choose another seed",
        )
    if not sides.validation:
        raise UserError(
            f"{len(material.photos)} photos, none of which fell to the checking side",
            "at least one to check with",
            "add photos, raise the validation share, or choose another seed",
        )
    unchecked = sorted(set(counts) - {photo.label for photo in sides.validation})
    verb = "has" if len(unchecked) == 1 else "have"
    said = f"{_capital(_named(unchecked))} {verb} no photo to check with."
    notes = (said,) if unchecked else ()
    return Taught(sides.train, sides.validation, notes)


def askable(material: Material, taught: Material) -> tuple[Sequence[Photo], tuple[str, ...]]:
    """The photos of a test folder that a head can honestly be asked about.

    Those of classes that it was not taught, and those that it has seen, are left out.

    Args:
        material: The test folder.
        taught: What the head was taught with.

    Returns:
        Those photos, and sentences on what was left out and which classes are missing.

    Raises:
        UserError: None is left, or they lie in another space.
    """
    if material.space != taught.space:
        raise UserError(
            "test photos whose features come from another network or layer",
            "features of the same network, layer and weights",
            "extract them with the network that the head is trained on",
        )
    classes = set(taught.classes)
    seen = {photo.digest for photo in taught.photos}
    foreign = sorted({photo.label for photo in material.photos} - classes)
    known = [photo for photo in material.photos if photo.label in classes]
    left = [photo for photo in known if photo.digest not in seen]
    if not left:
        got = _named(foreign) if not known else "photos that are all among those learned from"
        raise UserError(
            f"a test folder with {got}",
            f"other photos of {_named(sorted(classes))}",
            "choose another folder, or none",
        )
    notes = []
    if foreign:
        notes.append(f"Left out of the test: {_named(foreign)}, which the head was not taught.")
    if len(left) < len(known):
        notes.append(f"Left out of the test: {len(known) - len(left)} photos that it was taught.")
    if absent := sorted(classes - {photo.label for photo in left}):
        notes.append(f"The test folder has no photo of {_named(absent)}.")
    return left, tuple(notes)


def _named(labels: Sequence[str]) -> str:
    """Classes by name, the first few of many."""
    names = ", ".join(f'"{label}"' for label in labels[:_MOST_NAMED])
    more = f" and {len(labels) - _MOST_NAMED} more" if len(labels) > _MOST_NAMED else ""
    return f"{'class' if len(labels) == 1 else 'classes'} {names}{more}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sizes(labels: Sequence[str]) -> Mapping[str, int]:
    """Photos of each class, by name."""
    return dict(sorted(Counter(labels).items()))
