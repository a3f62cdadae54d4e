"""The photos on which exported files are compared with the lab, and those that set int8's scales.

They are not the same: a file that was tuned to photos must not be judged by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfcore import evaluation, images, samples
from tfcore.config import config
from tfcore.datasets import listing, sources
from tfcore.datasets.records import Photo
from tfcore.errors import UserError
from tfcore.features import planning
from tfcore.features.reading import SetAside, read

Pixels = npt.NDArray[np.uint8]

FEWEST = 8
"""Of a data set with fewer photos left than this for either use, installed photos are taken."""


@dataclass(frozen=True)
class Chosen:
    """Photos as the network sees them, RGB, ``(n, size, size, 3)``.

    Attributes:
        check: To compare on.
        truth: The right class of each of them; None where it is not known.
        calibration: To choose int8's scales by.
        are_own: Whether they are of the data set that was learned from, and not installed ones.
    """

    check: Pixels = field(repr=False)
    truth: tuple[int | None, ...]
    calibration: Pixels = field(repr=False)
    are_own: bool


def choose(
    listed: bytes, data: str, evaluated: bytes, classes: Sequence[str], size: int, count: int
) -> Chosen:
    """Choose photos of the data set that a network was trained on.

    Those that it did not learn from are compared on, as far as its evaluation tells.

    Args:
        listed: The listing of the data set; empty where there is none any more.
        data: Where the data set lies, see ``sources.lay_out``.
        evaluated: What ``tfcore.evaluation`` kept of the training; empty where it kept nothing.
        classes: The network's classes, in the order of its outputs.
        size: Height and width of what it sees, in pixels.
        count: Most photos for either use.
    """
    check, calibration = _divide(listed, evaluated, classes, count)
    try:
        root = sources.lay_out(data, config()).root if check else None
    except UserError:
        root = None  # it was moved or deleted after the training
    if root is not None:
        judged = [
            (pixels, place)
            for photo, place in check
            if (pixels := _pixels(root, photo, size)) is not None
        ]
        scaled = [
            pixels for photo, _ in calibration if (pixels := _pixels(root, photo, size)) is not None
        ]
        if min(len(judged), len(scaled)) >= FEWEST:
            squares, truth = [pixels for pixels, _ in judged], tuple(place for _, place in judged)
            return Chosen(np.stack(squares), truth, np.stack(scaled), are_own=True)
    installed = [_square(sample.read(), size) for sample in samples.samples().values()]
    half = len(installed) // 2
    return Chosen(
        np.stack(installed[:half]), (None,) * half, np.stack(installed[half:]), are_own=False
    )


def _divide(
    listed: bytes, evaluated: bytes, classes: Sequence[str], count: int
) -> tuple[list[tuple[Photo, int]], list[tuple[Photo, int]]]:
    """Photos of known classes for each use, in an order that is as good as drawn: by digest."""
    if not listed:
        return [], []
    numbers = {name: place for place, name in enumerate(classes)}
    known = [
        (photo, numbers[photo.label])
        for photo in sorted(listing.from_bytes(listed).photos, key=lambda photo: photo.digest)
        if photo.label in numbers
    ]
    unlearned = set(_unlearned(evaluated))
    fresh = [pair for pair in known if pair[0].digest in unlearned]
    if len(fresh) < FEWEST:
        fresh = known[: len(known) // 2]
    fresh = fresh[:count]
    taken = {photo.digest for photo, _ in fresh}
    others = [pair for pair in known if pair[0].digest not in taken]
    return fresh, others[:count]


def _unlearned(evaluated: bytes) -> Iterable[str]:
    """Digests of the photos that were held back when it was trained."""
    if evaluated:
        for side in evaluation.from_bytes(evaluated).sides.values():
            yield from side.photos.digest


def _pixels(root: Path, photo: Photo, size: int) -> Pixels | None:
    """What the network sees of a photo; None where it has changed or gone."""
    [source] = planning.sources(root, [photo])
    found = read(source, size).found
    return None if isinstance(found, SetAside) else found


def _square(content: bytes, size: int) -> Pixels:
    return images.fit_square(images.decode(content), size)
