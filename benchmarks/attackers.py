"""PGD and FGSM beside Foolbox and ART: the same pictures, and how much sooner they are there.

All attack EfficientNet-Lite0 at 224 px on the CPU, each in a process and an environment of its own
on one version of TensorFlow. Equality is judged on the unfolded network, from the same start, in
the share of values that differ by at most 1e-5; speed with the folded network that we use, 40 steps
at batch 1, in alternating rounds. Aims: 99.99% equal, at least 8 times as fast, and 32 photos in
one batch in at most 0.75 of the time of 32 alone.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.contestant import Contestant
from benchmarks.peers.environment import Unavailable, python_of

ROUNDS, STEPS, BATCH = 5, 40, 32
PEERS = {
    "foolbox": ("foolbox", "benchmarks.peers.using_foolbox"),
    "art": ("art", "benchmarks.peers.using_art"),
}
_NEAR = 1e-5


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    skipped: dict[str, str] = {}
    seconds: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        network = folder / "network.keras"
        ours = stack.enter_context(
            Contestant(sys.executable, "benchmarks.peers.our_attacks", network)
        )
        there: dict[str, Contestant] = {}
        for name, (package, module) in PEERS.items():
            try:
                peer = Contestant(python_of(name, package), module, network)
                there[name] = stack.enter_context(peer)
            except Unavailable as reason:
                skipped[name] = str(reason)
        equal = {name: _equal(folder, ours, name, peer) for name, peer in there.items()}
        for one in (ours, *there.values()):
            one.ask("pgd", 2)  # traced
        ours.ask("pgd-32", 1)
        for _ in range(rounds):
            seconds["ours"].append(ours.ask("pgd", STEPS)["seconds"])
            for name, peer in there.items():
                seconds[name].append(peer.ask("pgd", STEPS)["seconds"])
            seconds["batch"].append(ours.ask("pgd-32", 4)["seconds"] * STEPS / 4)
    return {"rounds": rounds, "skipped": skipped, "equal": equal, **figures(seconds)}


def figures(seconds: dict[str, list[float]]) -> dict[str, Any]:
    """Medians, and ratios of the rounds; a ratio above 1 says that ours is faster."""
    found: dict[str, Any] = {
        f"{name}_seconds": round(statistics.median(row), 3) for name, row in seconds.items()
    }
    for name in PEERS:
        if name in seconds:
            pairs = zip(seconds[name], seconds["ours"], strict=True)
            ratios = [theirs / mine for theirs, mine in pairs]
            found[f"{name}_ratio"] = round(statistics.median(ratios), 2)
            found[f"{name}_ratio_of_rounds"] = [round(ratio, 2) for ratio in ratios]
    pairs = zip(seconds["batch"], seconds["ours"], strict=True)
    found["batch_of_32_per_photo"] = round(
        statistics.median(whole / (BATCH * one) for whole, one in pairs), 3
    )
    return found


def _equal(folder: Path, ours: Contestant, name: str, peer: Contestant) -> dict[str, float]:
    """The share of values in which ours and a peer's picture agree."""
    found = {}
    for task, mine in (("fgsm", "fgsm-plain"), ("pgd", "pgd-plain")):
        ours.ask(mine, 1)
        peer.ask(task, 1)
        one, other = np.load(folder / f"ours-{mine}.npy"), np.load(folder / f"{name}-{task}.npy")
        found[task] = float(np.mean(np.abs(one - other) <= _NEAR))
    return found
