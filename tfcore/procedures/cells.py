"""What the cells of a what-if run report together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def merged(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Figures of all cells in one, each with its cell's number.

    Args:
        rows: The figures of each cell. One that has diverged, whose numbers are not all finite, is
            left out; when all have, one figure says so.

    Example:
        >>> merged([{"total": 1.0}, {"total": float("nan")}])
        {'total@0': 1.0}
    """
    alive = {
        f"{name}@{index}": value
        for index, row in enumerate(rows)
        if all(map(math.isfinite, row.values()))
        for name, value in row.items()
    }
    return alive or {"total@0": math.nan}
