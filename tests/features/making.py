"""Photos on disk, and a network that needs no TensorFlow, for tests."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from tests import pictures
from tests.datasets.making import drawing
from tfcore.features.planning import Shard, Source
from tfcore.store.space import Space

SIZE = 8


def source_of(path: Path) -> Source:
    return Source(str(path), sha256(path.read_bytes()).hexdigest())


def photos(folder: Path, count: int, first: int = 0) -> list[Source]:
    """Small JPEG files, no two alike."""
    folder.mkdir(exist_ok=True)
    found = []
    for number in range(first, first + count):
        path = folder / f"{number:04}.jpg"
        path.write_bytes(pictures.encoded(drawing(number, 24, 32), "JPEG"))
        found.append(source_of(path))
    return found


class Colours:
    """The mean colour of each photo, and a count of what went through."""

    space = Space(network="colours", weights="", size=SIZE, preprocessing="none", dim=3)

    def __init__(self) -> None:
        self.passes: list[int] = []

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        self.passes.append(len(batch))
        return batch.mean(axis=(1, 2), dtype=np.float64).astype(np.float32)

    @property
    def photos(self) -> int:
        return sum(self.passes)


def shard(sources: Sequence[Source]) -> Shard:
    return Shard(Colours.space, tuple(sources))
