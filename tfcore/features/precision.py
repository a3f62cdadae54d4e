"""Whether a processor computes features faster in bfloat16, and how much they change.

TensorFlow's switch for it belongs to the whole process, and processors without instructions for
bfloat16 gain nothing. So it is measured and offered, never imposed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore.backbones.backbone import Backbone
from tfcore.backbones.building import LOCK
from tfcore.errors import UserError
from tfcore.features.program import Program
from tfcore.store.space import Pooling

LEAST_SPEED_UP = 1.2
LEAST_SIMILARITY = 0.999
_OPTION = "auto_mixed_precision_onednn_bfloat16"


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
    def is_offered(self) -> bool:
        """Whether it gains at least a fifth and changes next to nothing."""
        return self.speed_up >= LEAST_SPEED_UP and self.similarity >= LEAST_SIMILARITY


def probe(
    backbone: Backbone,
    photos: npt.NDArray[np.uint8],
    layer: str = "",
    pooling: Pooling = "",
    *,
    rounds: int = 5,
) -> Probe:
    """Compare the two in alternating rounds; nothing is kept, and the switch is put back.

    Other threads of the process wait with building and tracing meanwhile, but what they compute may
    see the switch: call it while nothing else runs.

    Args:
        backbone: The network.
        photos: RGB uint8 ``(n, size, size, 3)``, n from 1 to ``planning.BATCH``.
        layer: As in ``Program``.
        pooling: As in ``Program``.
        rounds: Batches timed of each.

    Raises:
        UserError: There is no photo or no round, or what ``Program`` raises.
    """
    if rounds < 1 or not len(photos):
        raise UserError(f"{len(photos)} photos, {rounds} rounds", "at least 1 each", "give more")
    exact, rough = Program(backbone, layer, pooling), Program(backbone, layer, pooling)
    with LOCK:
        expected = exact(photos)
        with _bfloat16():
            found = rough(photos)
        ratios = []
        for _ in range(rounds):
            seconds = _seconds(exact, photos)
            with _bfloat16():
                ratios.append(seconds / _seconds(rough, photos))
    return Probe(statistics.median(ratios), float(_cosines(expected, found).min()))


@contextmanager
def _bfloat16() -> Iterator[None]:
    before = bool(tf.config.optimizer.get_experimental_options().get(_OPTION, False))
    tf.config.optimizer.set_experimental_options({_OPTION: True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({_OPTION: before})


def _seconds(
    program: Callable[[npt.NDArray[np.uint8]], object], photos: npt.NDArray[np.uint8]
) -> float:
    began = time.perf_counter()
    program(photos)
    return time.perf_counter() - began


def _cosines(
    left: npt.NDArray[np.float32], right: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Cosine of each pair of rows; 1 where both are zero."""
    a, b = left.astype(np.float64), right.astype(np.float64)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    same = np.where((a == b).all(axis=1), 1.0, 0.0)
    found: npt.NDArray[np.float64] = np.divide((a * b).sum(axis=1), lengths, out=same,
                                               where=lengths > 0)  # fmt: skip
    return found
