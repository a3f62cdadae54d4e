"""A share with the interval that tells how much it is worth."""

from __future__ import annotations

from typing import Any

from tfcore.intervals import wilson


def share(hits: list[bool]) -> dict[str, Any]:
    """A share with its 95 % interval after Wilson (1927)."""
    low, high = wilson(sum(hits), len(hits))
    return {
        "hits": sum(hits),
        "share": round(sum(hits) / len(hits), 3),
        "wilson95": [round(low, 3), round(high, 3)],
    }
