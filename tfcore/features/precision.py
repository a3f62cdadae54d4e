"""Whether a processor computes features faster in bfloat16, and how much they change.

Processors without instructions for bfloat16 gain nothing, and small layers little. So it is
measured on the worker, with photos of the data set, before anything is computed in it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from tfcore.errors import UserError
from tfcore.features.planning import BATCH, Source
from tfcore.features.program import Floats, Pixels, Program
from tfcore.features.reading import SetAside, read

LEAST_SPEED_UP = 1.2
LEAST_SIMILARITY = 0.999
ROUNDS = 5


@dataclass(frozen=True)
class Probe:
    """bfloat16 beside float32, on this machine.

    Attributes:
        speed_up: Seconds of a batch in float32 over those in bfloat16.
        similarity: Cosine between the two features of the photo where they differ most, -1 to 1.
    """

    speed_up: float
    similarity: float

    @property
    def is_worth_it(self) -> bool:
        """Whether it gains at least a fifth and changes next to nothing."""
        return self.speed_up >= LEAST_SPEED_UP and self.similarity >= LEAST_SIMILARITY

    def check(self) -> None:
        """Refuse what gains too little or changes too much.

        Raises:
            UserError: With the figures.

        Example:
            >>> Probe(1.05, 0.9999).check()
            Traceback (most recent call last):
            ...
            tfcore.errors.UserError: got bfloat16 at 1.05 times the speed of float32 here, ...
        """
        if not self.is_worth_it:
            raise UserError(
                f"bfloat16 at {self.speed_up:.2f} times the speed of float32 here, with features "
                f"whose cosine to those of float32 is {self.similarity:.5f} at worst",
                f"at least {LEAST_SPEED_UP} times and {LEAST_SIMILARITY}",
                "choose float32",
            )


def probe(
    exact: Callable[[Pixels], Floats],
    rough: Callable[[Pixels], Floats],
    photos: Pixels,
    *,
    rounds: int = ROUNDS,
) -> Probe:
    """Compare two programs of one network in alternating rounds; nothing is kept.

    Args:
        exact: Computes in float32.
        rough: Computes the same in bfloat16.
        photos: RGB uint8 ``(n, size, size, 3)``, n from 1 to ``planning.BATCH``.
        rounds: Batches timed of each.

    Raises:
        UserError: There is no photo or no round.
    """
    if rounds < 1 or not len(photos):
        raise UserError(f"{len(photos)} photos, {rounds} rounds", "at least 1 each", "give more")
    expected, found = exact(photos), rough(photos)  # traces them, too
    ratios = []
    for _ in range(rounds):
        seconds = _seconds(exact, photos)
        ratios.append(seconds / _seconds(rough, photos))
    return Probe(statistics.median(ratios), float(_cosines(expected, found).min()))


def check(exact: Program, rough: Program, sources: Iterable[Source]) -> Probe | None:
    """Compare them with photos of a data set before anything is computed in bfloat16.

    Args:
        exact: Computes in float32.
        rough: Computes the same in bfloat16.
        sources: Photos of the data set; the first that can be read are taken.

    Returns:
        The figures; None where no photo can be read, so that nothing will be computed.

    Raises:
        UserError: It gains too little or changes too much, with the figures.
    """
    size = exact.space.size
    looked_at = (read(source, size).found for source in islice(sources, BATCH))
    photos = [found for found in looked_at if not isinstance(found, SetAside)]
    if not photos:
        return None
    figures = probe(exact, rough, np.stack(photos))
    figures.check()
    return figures


def _seconds(program: Callable[[Pixels], object], photos: Pixels) -> float:
    began = time.perf_counter()
    program(photos)
    return time.perf_counter() - began


def _cosines(left: Floats, right: Floats) -> npt.NDArray[np.float64]:
    """Cosine of each pair of rows; 1 where both are zero."""
    a, b = left.astype(np.float64), right.astype(np.float64)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    same = np.where((a == b).all(axis=1), 1.0, 0.0)
    found: npt.NDArray[np.float64] = np.divide((a * b).sum(axis=1), lengths, out=same,
                                               where=lengths > 0)  # fmt: skip
    return found
