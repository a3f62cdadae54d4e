"""Our side: the procedures as the engine drives them; first it saves the network for the peers."""

from __future__ import annotations

import sys
import time

from benchmarks.peers.answering import answer
from tfcore.backbones.loading import load
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.procedure import Synthesis


def lesson_tv(steps: int) -> dict[str, float]:
    """Steps of the lesson's recipe with variation loss."""
    run = Synthesis(SynthesizeSettings(recipe="lesson-tv"))
    run.step()
    began = time.perf_counter()
    for _ in range(steps):
        run.step()
    return {"seconds": time.perf_counter() - began}


def natural(steps: int) -> dict[str, float]:
    """A whole run of the default recipe, from its settings to its judged picture."""
    began = time.perf_counter()
    run = Synthesis(SynthesizeSettings(steps=steps))
    for _ in range(steps):
        run.step()
    summary = run.result().summary
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "probability": float(summary["probability"])}


if __name__ == "__main__":
    # Batch norm unfolded: the network as anybody would have it.
    load("efficientnet-lite0", fast=False).model.save(sys.argv[1])
    answer({"lesson-tv": lesson_tv, "natural": natural})
