"""A what-if run of eight values beside eight single runs of the same settings.

Both do the recipe ``natural`` on the folded EfficientNet-Lite0, through ``Synthesis`` in this
process, in alternating rounds, from the start to the judged result; what is compiled is kept. The
aim is a ratio of at most 0.75.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable

from tfcore.settings import SynthesizeSettings

ROUNDS = 3
STEPS = 20
VALUES = "0, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.02, 0.1"


def measure(rounds: int = ROUNDS, steps: int = STEPS) -> dict[str, object]:
    """Seconds of a grid and of its cells one by one, medians of ``rounds``."""
    together = SynthesizeSettings(vary="tv_weight", values=VALUES, steps=steps)
    alone = together.cells()
    _seconds([together], 1)  # compiles
    _seconds(alone[:1], 1)
    grid: list[float] = []
    single: list[float] = []
    for _ in range(rounds):
        grid.append(_seconds([together], steps))
        single.append(_seconds(alone, steps))
    middle_grid, middle_single = statistics.median(grid), statistics.median(single)
    return {
        "cells": len(alone),
        "steps": steps,
        "grid_s": round(middle_grid, 3),
        "singles_s": round(middle_single, 3),
        "ratio": round(middle_grid / middle_single, 3),
        "ratio_of_rounds": [round(g / s, 3) for g, s in zip(grid, single, strict=True)],
    }


def _seconds(runs: Iterable[SynthesizeSettings], steps: int) -> float:
    """How long it takes to do these runs one after the other."""
    from tfcore.synthesis.procedure import Synthesis

    began = time.perf_counter()
    for settings in runs:
        run = Synthesis(settings)
        for _ in range(steps):
            run.step()
        run.result()
    return time.perf_counter() - began
