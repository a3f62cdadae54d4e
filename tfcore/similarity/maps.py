"""A map that was drawn of a data set, as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tfcore.errors import UserError
from tfcore.similarity import kept_json

MAP = "map.json"
"""The artifact of a map's run."""
VERSION = 1
FEWEST = 6
"""Photos that make a map: fewer have hardly a neighbour each."""


@dataclass(frozen=True)
class DrawnMap:
    """Where photos lie.

    Attributes:
        rows: Rows of the extraction's ``Analysis`` that were drawn, in order.
        xy: Two coordinates of each.
        kl: Kullback-Leibler divergence in nats; the smaller, the better likeness is kept.
        perplexity: As it was used.
        seed: Of the draw of photos and of the map's beginning.
        iterations: Done until it was kept; fewer than asked for if the run was stopped.
    """

    rows: Sequence[int]
    xy: Sequence[Sequence[float]]
    kl: float | None
    perplexity: float
    seed: int
    iterations: int

    def to_bytes(self) -> bytes:
        """The JSON that ``from_bytes`` reads."""
        return kept_json.written(self, VERSION)


def from_bytes(content: bytes) -> DrawnMap:
    """Read what ``DrawnMap.to_bytes`` wrote.

    Raises:
        UserError: It is something else, or of another version.
    """
    refusal = UserError(
        "a map that cannot be read", "one that this version of the lab has drawn", "draw it again"
    )
    return kept_json.read(content, VERSION, lambda told: DrawnMap(**told), refusal)
