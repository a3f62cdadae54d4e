"""A share with the interval that tells how much it is worth."""

from __future__ import annotations

import math
from typing import Any


def share(hits: list[bool]) -> dict[str, Any]:
    """A share with its 95 % interval after Wilson (1927)."""
    count, part, z = len(hits), sum(hits) / len(hits), 1.96
    middle = (part + z**2 / (2 * count)) / (1 + z**2 / count)
    reach = z / (1 + z**2 / count)
    reach *= math.sqrt(part * (1 - part) / count + z**2 / (4 * count**2))
    return {
        "hits": sum(hits),
        "share": round(part, 3),
        "wilson95": [round(middle - reach, 3), round(middle + reach, 3)],
    }
