"""A run whose worker is killed again and again ends in the same picture as one left alone.

SIGKILL comes at random moments, drawn with a seed: at random steps, and every fifth time while the
worker that shall go on is still loading. The aims: the same bits, and at most 25 steps done twice
after a kill.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.cluster.lab import Lab
from tests.cluster.striking import Strike, strike, strike_while_loading
from tfcore.events import RunState
from tfcore.store.records import Run

KILLS = 20
SEED = 0
STEPS_A_KILL = 150
WHILE_LOADING = 5
_END_STEPS = 100  # nothing is struck so near the end that the run might be over first


def measure(kills: int = KILLS) -> dict[str, Any]:
    draw = random.Random(SEED)  # noqa: S311  # no secret hangs on it
    steps = STEPS_A_KILL * (kills + 1)
    places = sorted(draw.sample(range(1, steps - _END_STEPS), kills))
    strikes: list[Strike] = []
    loading = 0
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder) / "data")
        try:
            alone = _finish(lab, lab.start({"steps": steps}))
            expected = lab.picture(alone.id)
            began = time.monotonic()
            run = lab.start({"steps": steps})
            for number, step in enumerate(places, 1):
                if number % WHILE_LOADING == 0 and strikes:
                    strike_while_loading(lab, draw)
                    loading += 1
                else:
                    # Three deaths at one place are taken for a run that cannot go on.
                    earliest = strikes[-1].next_place if strikes else 0
                    strikes.append(strike(lab, run, max(step, earliest), draw))
            record = _finish(lab, run)
            seconds = time.monotonic() - began
            recorded = [step for step, _ in lab.store.all_metrics(run)]
            same = lab.picture(run) == expected
        finally:
            lab.close()
    redone = [struck.redone for struck in strikes]
    return {
        "kills": len(strikes) + loading,
        "kills_while_loading": loading,
        "steps": steps,
        "state": record.state,
        "attempts": record.attempt,
        "same_bits": same,
        "every_step_recorded_once": recorded == list(range(1, steps + 1)),
        "most_steps_redone": max(redone),
        "median_steps_redone": statistics.median(redone),
        "seconds": round(seconds, 1),
    }


def _finish(lab: Lab, run: str) -> Run:
    """Wait as long as it takes, as long as it goes on."""
    return lab.wait(run, RunState.FINISHED, RunState.FAILED, RunState.STOPPED, seconds=3600)
