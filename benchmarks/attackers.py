"""PGD and FGSM beside Foolbox and ART: the same pictures, and how much sooner they are there.

All attack EfficientNet-Lite0 at 224 px on the CPU, each in a process and an environment of its own
on one version of TensorFlow. Equality is judged on the unfolded network, from the same start, in
the share of values that differ by at most 1e-5 (``agreement`` has it of a second network); speed
with the folded network that we use, 40 steps at batch 1, in alternating rounds. Aims: 99.99% equal,
at least 8 times as fast, and 32 photos in one batch in at most 0.75 of the time of 32 alone.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Any

import numpy as np

from benchmarks.peers.answering import TARGET
from benchmarks.peers.arena import OURS, PEERS, Arena
from benchmarks.peers.attacking import Order
from tfcore import catalog, images, samples

NETWORK = "efficientnet-lite0"
ROUNDS, STEPS, BATCH = 5, 40, 32
SOURCE = 243
"""What the photo shows: a bull mastiff. The target is ``answering.TARGET``."""

_NEAR = 1e-5


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    seconds: dict[str, list[float]] = defaultdict(list)
    with Arena(NETWORK) as arena:
        same = equal(arena, NETWORK)
        for who in (OURS, *arena.peers):
            arena.seconds(who, "pgd", 2)  # traced
        arena.seconds(OURS, "pgd-32", 1)
        for _ in range(rounds):
            for who in (OURS, *arena.peers):
                seconds[who].append(arena.seconds(who, "pgd", STEPS))
            seconds["batch"].append(arena.seconds(OURS, "pgd-32", 4) * STEPS / 4)
        return {"rounds": rounds, "skipped": arena.skipped, "equal": same, **figures(seconds)}


def figures(seconds: dict[str, list[float]]) -> dict[str, Any]:
    """Medians, and ratios of the rounds; a ratio above 1 says that ours is faster."""
    found: dict[str, Any] = {
        f"{name}_seconds": round(statistics.median(row), 3) for name, row in seconds.items()
    }
    for name in PEERS:
        if name in seconds:
            pairs = zip(seconds[name], seconds[OURS], strict=True)
            ratios = [theirs / mine for theirs, mine in pairs]
            found[f"{name}_ratio"] = round(statistics.median(ratios), 2)
            found[f"{name}_ratio_of_rounds"] = [round(ratio, 2) for ratio in ratios]
    pairs = zip(seconds["batch"], seconds[OURS], strict=True)
    found["batch_of_32_per_photo"] = round(
        statistics.median(whole / (BATCH * one) for whole, one in pairs), 3
    )
    return found


def equal(arena: Arena, network: str) -> dict[str, dict[str, float]]:
    """The share of values in which our picture and each peer's agree, on the network of an arena.

    It leaves the arena with an order for this one photo.
    """
    dog = images.decode(samples.get("bull mastiff").read())
    photo = images.to_float(images.fit_square(dog, catalog.get(network).input_size))
    arena.order(Order(photo[None], np.array([SOURCE]), np.array([TARGET])))
    mine = {task: arena.pictures(OURS, f"{task}-plain", 1) for task in ("fgsm", "pgd")}
    return {
        peer: {task: share_near(one, arena.pictures(peer, task, 1)) for task, one in mine.items()}
        for peer in arena.peers
    }


def share_near(one: Any, other: Any) -> float:
    """The share of values of two pictures that are equal to 1e-5."""
    return float(np.mean(np.abs(one - other) <= _NEAR))
