"""Photos decoded by a few threads while the network is busy with those before them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from tfcore.errors import UserError
from tfcore.features.planning import BATCH, Shard, Source
from tfcore.features.reading import Decoded, read

AHEAD = 2
"""Batches that are decoded, or being decoded, before the network asks for them."""
THREADS = 2
"""Photos decoded at a time."""


class Ahead:
    """Batches of decoded photos, shard after shard; at most ``AHEAD`` wait at a time.

    A batch never reaches over the end of a shard. To be used as a context: leaving it lets go of
    what nobody has asked for, and waits for the photos that are just being decoded.

    Args:
        shards: What will be asked for, in this order.
        threads: Photos decoded at a time.

    Raises:
        UserError: There is no thread to decode with.

    Example:
        >>> with Ahead([shard]) as ahead:                   # doctest: +SKIP
        ...     for batch in ahead:
        ...         print(len(batch))
        32
    """

    def __init__(self, shards: Iterable[Shard], *, threads: int = THREADS) -> None:
        if threads < 1:
            raise UserError(f"{threads} threads", "at least 1", "leave it out")
        self._pool = ThreadPoolExecutor(threads, "decoder")
        self._left = _batches(shards)
        self._waiting: deque[list[Future[Decoded]]] = deque()

    def __enter__(self) -> Ahead:
        self._fill()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __iter__(self) -> Iterator[list[Decoded]]:
        return self

    def __next__(self) -> list[Decoded]:
        if not self._waiting:
            raise StopIteration
        found = [future.result() for future in self._waiting.popleft()]
        self._fill()
        return found

    def _fill(self) -> None:
        while len(self._waiting) < AHEAD and (batch := next(self._left, None)):
            self._waiting.append([self._pool.submit(read, *each) for each in batch])


def _batches(shards: Iterable[Shard]) -> Iterator[list[tuple[Source, int]]]:
    for shard in shards:
        files = [(source, shard.space.size) for source in shard.sources]
        for start in range(0, len(files), BATCH):
            yield files[start : start + BATCH]
