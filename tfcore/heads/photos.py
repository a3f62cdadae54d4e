"""Photos for training: decoded once into memory where they fit, else again each time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from tfcore.errors import UserError
from tfcore.features.planning import Source
from tfcore.features.reading import Decoded, SetAside, read

Pixels = npt.NDArray[np.uint8]

MEMORY_BYTES = 1 << 30
"""What decoded photos may take: some 7,000 at 224 px."""
THREADS = 2
"""Photos decoded at a time."""


class Photos:
    """The photos of one side of a split, as a network sees them.

    To be closed when nothing more is asked.

    Args:
        sources: The files.
        size: Height and width in pixels.
        memory: Bytes that decoded photos may take; more are decoded each time they are wanted.

    Example:
        >>> photos = Photos(files, 224)                    # doctest: +SKIP
        >>> photos.take([0, 5], ahead=[7, 9]).shape        # doctest: +SKIP
        (2, 224, 224, 3)
    """

    def __init__(self, sources: Sequence[Source], size: int, *, memory: int = MEMORY_BYTES) -> None:
        self._sources, self._size = tuple(sources), size
        self._pool = ThreadPoolExecutor(THREADS, "decoder")
        self._coming: dict[int, Future[Decoded]] = {}
        self._kept: Pixels | None = None
        if len(self._sources) * size * size * 3 <= memory:
            # Pages of memory that were never written to take none.
            self._kept = np.empty((len(self._sources), size, size, 3), np.uint8)
        self._is_here = np.zeros(len(self._sources), bool)

    def __len__(self) -> int:
        return len(self._sources)

    @property
    def is_kept(self) -> bool:
        """Whether they are decoded once."""
        return self._kept is not None

    def take(self, rows: Sequence[int], *, ahead: Sequence[int] = ()) -> Pixels:
        """Some photos in the order asked for.

        Args:
            rows: Their numbers.
            ahead: Photos that will be wanted next: they are decoded meanwhile.

        Returns:
            RGB uint8, ``(len(rows), size, size, 3)``.

        Raises:
            UserError: One has changed or gone since the data set was looked through.
        """
        for row in (*rows, *ahead):
            if not self._is_here[row] and row not in self._coming:
                self._coming[row] = self._pool.submit(read, self._sources[row], self._size)
        found = np.empty((len(rows), self._size, self._size, 3), np.uint8)
        for place, row in enumerate(rows):
            if self._kept is not None and self._is_here[row]:
                found[place] = self._kept[row]
                continue
            waiting = self._coming.pop(row, None)
            # A photo may stand twice in what was asked for.
            decoded = waiting.result() if waiting else read(self._sources[row], self._size)
            found[place] = self._pixels(decoded)
            if self._kept is not None:
                self._kept[row], self._is_here[row] = found[place], True
        return found

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(cancel_futures=True)

    @staticmethod
    def _pixels(decoded: Decoded) -> Pixels:
        if isinstance(decoded.found, SetAside):
            raise UserError(
                f"{decoded.source.path}, which has gone or changed since the data set was looked "
                "through",
                "the photos that the head was trained on",
                "put it back, or look through the data set, extract and train again",
            )
        return decoded.found
