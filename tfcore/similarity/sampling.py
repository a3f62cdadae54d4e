"""Some photos of many, the same ones every time."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence


def drawn(digests: Sequence[str], labels: Sequence[str], most: int, seed: int = 0) -> list[int]:
    """Rows of at most so many photos, in their order; classes keep their shares.

    Which photo comes first within its class follows from the seed and its own bytes, so that a
    photo that was drawn mostly still is when others have come. Every class is there, if there is
    room.

    Args:
        digests: SHA-256 of each photo's bytes.
        labels: Class of each.
        most: How many are wanted at most.
        seed: Another seed, other photos.

    Example:
        >>> drawn(["a", "b", "c", "d"], ["cat", "cat", "cat", "dog"], 4)
        [0, 1, 2, 3]
        >>> len(drawn(["a", "b", "c", "d"], ["cat", "cat", "cat", "dog"], 2))
        2
    """
    if len(digests) <= most:
        return list(range(len(digests)))
    classes: dict[str, list[tuple[bytes, int]]] = defaultdict(list)
    for row, (digest, label) in enumerate(zip(digests, labels, strict=True)):
        classes[label].append((hashlib.sha256(f"{seed} {digest}".encode()).digest(), row))
    order = []
    for members in classes.values():
        members.sort()
        for rank, (draw, row) in enumerate(members):
            # Equal steps through each class, whatever its size; each class's first comes first.
            order.append((rank > 0, (rank + 0.5) / len(members), draw, row))
    return sorted(entry[-1] for entry in sorted(order)[:most])
