"""The photos of a fine-tuning by what they are for, and what of them is kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tfcore.datasets.records import Photo
from tfcore.features.planning import sources
from tfcore.heads.finetuning_network import Floats, Labels, Pixels, TunedNetwork
from tfcore.heads.material import Material, askable, divided
from tfcore.heads.photos import Photos
from tfcore.procedure import StoppedEarly

INNER_BYTES = 512 * 1024 * 1024
"""Most bytes of what crosses the boundary that are kept for one side."""


@dataclass(frozen=True)
class Side:
    """Photos that are for one thing.

    Attributes:
        records: As the data set lists them.
        labels: Number of each one's class.
        photos: The same as a network sees them.
    """

    records: Sequence[Photo]
    labels: Labels
    photos: Photos = field(repr=False)

    def __len__(self) -> int:
        return len(self.records)


@dataclass(frozen=True)
class Sides:
    """A data set divided as it was when the head was trained.

    Attributes:
        classes: Their names, in the order of the outputs.
        title: What people call the data set.
        train, validation: Photos to learn from, and those that are asked after each epoch.
        test: Photos that nothing is chosen by; None where there are none.
        notes: What a person should know, each in a sentence.
    """

    classes: tuple[str, ...]
    title: str
    train: Side
    validation: Side
    test: Side | None = None
    notes: tuple[str, ...] = ()

    def close(self) -> None:
        """Let go of the threads that decode."""
        for side in (self.train, self.validation, self.test):
            if side is not None:
                side.photos.close()

    @property
    def records(self) -> tuple[Photo, ...]:
        """All photos that decide what is learned."""
        return (*self.train.records, *self.validation.records)


def sides_of(
    material: Material,
    root: Path,
    *,
    validation: float,
    seed: int,
    test: tuple[Material, Path] | None = None,
) -> Sides:
    """Divide a data set by the rules of the training that made the head.

    Args:
        material: Its photos.
        root: Its folder.
        validation: ``TrainSettings.validation`` of that training.
        seed: Likewise.
        test: Photos that are asked once at the end, and their folder.

    Raises:
        UserError: The photos cannot be learned from; the sentence says why.
    """
    taught, classes = divided(material, validation, seed), material.classes
    asked, notes = None, taught.notes
    if test is not None:
        records, more = askable(test[0], material)
        asked, notes = _side(records, test[1], classes, material.space.size), notes + more
    return Sides(
        classes,
        material.title,
        _side(taught.train, root, classes, material.space.size),
        _side(taught.validation, root, classes, material.space.size),
        asked,
        notes,
    )


def _side(records: Sequence[Photo], root: Path, classes: Sequence[str], size: int) -> Side:
    numbers = {name: number for number, name in enumerate(classes)}
    labels = np.array([numbers[photo.label] for photo in records], np.int32)
    return Side(records, labels, Photos(list(sources(root, records)), size))


class Held:
    """One side before a network: what crosses the boundary is kept where it never changes.

    Args:
        side: The photos.
        network: What they are shown to.
        batch: Photos of a batch.
        kept: Whether what crosses the boundary is computed once; of more than ``INNER_BYTES`` it
            is computed each time all the same.
        tell: Told in words how far that is.
        should_stop: Asked before each batch of it.

    Raises:
        StoppedEarly: ``should_stop`` said so.
        UserError: A photo has changed or gone.
    """

    def __init__(
        self,
        side: Side,
        *,
        network: TunedNetwork,
        batch: int,
        kept: bool,
        tell: Callable[[str], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._side, self._network, self.batch = side, network, batch
        self._inner: Floats | None = None
        bytes_each = 4 * int(np.prod(network.inner_shape))
        if not kept or len(side) * bytes_each > INNER_BYTES:
            return
        inner = np.empty((len(side), *network.inner_shape), np.float32)
        done = 0
        for rows, following in self._batches():
            if should_stop():
                raise StoppedEarly
            tell(f"Looking at photo {done + 1:,} of {len(side):,}")
            inner[rows] = self._computed(rows, following)
            done += len(rows)
        self._inner = inner

    def logits(self) -> Floats:
        """What the network says of every photo as it is, ``(n, classes)``."""
        found = []
        for rows, following in self._batches():
            if self._inner is not None:
                inner = self._filled(self._inner[rows])
            else:
                inner = self._filled(self._computed(rows, following))
            found.append(self._network.logits(inner)[: len(rows)])
        return np.concatenate(found)

    def learn(
        self, rows: Sequence[int], step: int, rate: float, following: Sequence[int]
    ) -> tuple[float, float]:
        """Let the network learn from some photos; see ``TunedNetwork.learn``.

        Args:
            rows: Which, at most a batch.
            step: Number of the step.
            rate: Learning rate.
            following: Those that will be wanted next.
        """
        if self._inner is not None:
            batch: Floats | Pixels = self._inner[list(rows)]
        else:
            batch = self._side.photos.take(rows, ahead=following)
        weights = np.zeros(self.batch, np.float32)
        weights[: len(rows)] = 1
        labels = self._filled(self._side.labels[list(rows)])
        return self._network.learn(self._filled(batch), labels, weights, step, rate)

    def seen(self, rows: Sequence[int], step: int) -> Pixels:
        """Some photos as a step would see them; see ``TunedNetwork.seen``."""
        photos = self._filled(self._side.photos.take(rows))
        return self._network.seen(photos, step)[: len(rows)]

    def _computed(self, rows: Sequence[int], following: Sequence[int]) -> Floats:
        photos = self._filled(self._side.photos.take(rows, ahead=following))
        found: Floats = self._network.inner(photos).numpy()[: len(rows)]
        return found

    def _batches(self) -> Iterator[tuple[list[int], list[int]]]:
        """Rows of each batch, and of the one after it."""
        starts = range(0, len(self._side), self.batch)
        batches = [list(range(at, min(at + self.batch, len(self._side)))) for at in starts]
        yield from zip(batches, [*batches[1:], []], strict=True)

    def _filled(self, batch: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A whole batch, filled up with the first photo again."""
        missing = self.batch - len(batch)
        return np.concatenate([batch, np.repeat(batch[:1], missing, axis=0)]) if missing else batch
