"""One shard computed batch by batch, to be stopped between any two."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tfcore.errors import UserError
from tfcore.features.ahead import Ahead
from tfcore.features.planning import Shard
from tfcore.features.reading import Pixels, SetAside
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

Floats = npt.NDArray[np.float32]


class Features(Protocol):
    """What an extraction needs to know of a network."""

    @property
    def space(self) -> Space:
        """What the features lie in."""
        ...

    def __call__(self, photos: Pixels) -> Floats:
        """Features ``(photos, space.dim)`` of at most ``BATCH`` photos."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shard is, or several together.

    Attributes:
        photos: Photos computed.
        set_aside: Photos that could not be used.
        passes: Batches that went through the network.
        decoding: Seconds of all decoding threads together; they run beside the network.
        waiting: Seconds that the network waited for them.
        computing: Seconds of the network.
    """

    photos: int = 0
    set_aside: int = 0
    passes: int = 0
    decoding: float = 0.0
    waiting: float = 0.0
    computing: float = 0.0

    def __add__(self, other: Progress) -> Progress:
        """Both together."""
        return Progress(
            self.photos + other.photos,
            self.set_aside + other.set_aside,
            self.passes + other.passes,
            self.decoding + other.decoding,
            self.waiting + other.waiting,
            self.computing + other.computing,
        )


@dataclass(frozen=True)
class Extracted:
    """What was found so far.

    Attributes:
        digests: The photos that were computed, in the order of the shard.
        values: Their features, ``(len(digests), dim)``.
        set_aside: Those that could not be used.
    """

    digests: tuple[str, ...]
    values: Floats
    set_aside: tuple[SetAside, ...]


class ShardExtraction:
    """The features of one shard.

    Args:
        features: The network.
        shard: What to compute.
        ahead: Gives its photos; the shards before it must be finished.

    Raises:
        UserError: The shard was planned for another space.

    Example:
        >>> with Ahead([shard]) as ahead:                               # doctest: +SKIP
        ...     work = ShardExtraction(program, shard, ahead)
        ...     while not work.finished:
        ...         print(work.step())
        ...     work.save(store)
    """

    def __init__(self, features: Features, shard: Shard, ahead: Ahead) -> None:
        if shard.space != features.space:
            raise UserError(
                f"a shard of {shard.space.text}",
                features.space.text,
                "plan it for the network as it is here",
            )
        self._features, self._shard, self._ahead = features, shard, ahead
        self._digests: list[str] = []
        self._values: list[Floats] = []
        self._aside: list[SetAside] = []
        self.progress = Progress()

    @property
    def finished(self) -> bool:
        """Whether every photo is computed or set aside."""
        return self.progress.photos + self.progress.set_aside == len(self._shard.sources)

    def step(self) -> Progress:
        """Compute the next batch.

        Returns:
            What this step did.
        """
        began = time.perf_counter()
        batch = next(self._ahead)
        decoded = time.perf_counter()
        pixels: list[Pixels] = []
        aside: list[SetAside] = []
        for each in batch:
            if isinstance(each.found, SetAside):
                aside.append(each.found)
            else:
                pixels.append(each.found)
                self._digests.append(each.source.digest)
        self._aside += aside
        if pixels:
            self._values.append(self._features(np.stack(pixels)))
        done = Progress(
            photos=len(pixels),
            set_aside=len(aside),
            passes=bool(pixels),
            decoding=sum(each.seconds for each in batch),
            waiting=decoded - began,
            computing=time.perf_counter() - decoded,
        )
        self.progress += done
        return done

    def result(self) -> Extracted:
        """What was computed so far, whether or not it is finished."""
        values = np.concatenate(
            [np.empty((0, self._shard.space.dim), np.float32), *self._values], axis=0
        )
        return Extracted(tuple(self._digests), values, tuple(self._aside))

    def save(self, store: FeatureStore) -> Extracted:
        """Keep what was computed so far, as one shard, and give it back.

        Raises:
            UserError: The network gives numbers that are not finite.
            OSError: The store cannot be written to.
        """
        found = self.result()
        if found.digests:
            store.write(self._shard.space, found.digests, found.values)
        return found
