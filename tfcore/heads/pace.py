"""How fast a head learns: what the schedule makes of its learning rate."""

from __future__ import annotations

import math

from tfcore.settings import TrainSettings


def factor(settings: TrainSettings, epoch: int) -> float:
    """What the learning rate of an epoch is multiplied by; the first is number 0.

    The cosine is that of Loshchilov and Hutter, "SGDR", 2017, without restarts.

    Example:
        >>> factor(TrainSettings(extract="0" * 12, schedule="exponential", decay=0.5), 2)
        0.25
    """
    if settings.schedule == "exponential":
        return float(settings.decay**epoch)
    if settings.schedule == "cosine":
        return 0.5 * (1.0 + math.cos(math.pi * epoch / settings.whole))
    return 1.0
