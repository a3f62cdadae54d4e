"""A step beside tf-keras-vis, and a whole picture beside xplique, in alternating rounds.

All optimise EfficientNet-Lite0 for the same class at 224 px, batch 1, on the CPU, each in a process
and an environment of its own on one version of TensorFlow. Aims: a step at least 8 times as fast as
tf-keras-vis's at the same work, a natural picture of 256 steps at least 3 times as fast as
xplique's. The peers get the network as anybody would load it; folding is part of our own work.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.peers.contestant import Contestant
from benchmarks.peers.environment import Unavailable, python_of

ROUNDS = 5
OUR_STEPS, PEER_STEPS, PICTURE_STEPS = 200, 30, 256
PEERS = {
    "tf-keras-vis": ("tf_keras_vis", "benchmarks.peers.using_tf_keras_vis"),
    "xplique": ("xplique", "benchmarks.peers.using_xplique"),
}

WARM = (
    ("ours", "lesson-tv", 5),
    ("ours", "natural", 2),
    ("tf-keras-vis", "lesson-tv", 2),
    ("tf-keras-vis", "defaults", 2),
    ("xplique", "fourier", 1),
)
ROUND = (
    ("ours", "lesson-tv", OUR_STEPS),
    ("tf-keras-vis", "lesson-tv", PEER_STEPS),
    ("tf-keras-vis", "defaults", PEER_STEPS),
    ("ours", "natural", PICTURE_STEPS),
    ("xplique", "fourier", PICTURE_STEPS),
    ("xplique", "fourier-512", PICTURE_STEPS),
    ("xplique", "fourier", 1),  # what every call of it costs before the first step: tracing
)
"""Who does what, how many steps; every round does all of it in this order."""

Key = tuple[str, str, int]
Answers = dict[Key, list[dict[str, float]]]


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    answers: Answers = defaultdict(list)
    skipped: dict[str, str] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        network = Path(folder) / "network.keras"
        there = {
            "ours": stack.enter_context(
                Contestant(sys.executable, "benchmarks.peers.ours", network)
            )
        }
        for name, (package, module) in PEERS.items():
            try:
                peer = Contestant(python_of(name, package), module, network)
                there[name] = stack.enter_context(peer)
            except Unavailable as reason:
                skipped[name] = str(reason)
        for name, task, count in WARM:
            if name in there:
                there[name].ask(task, count)
        for _ in range(rounds):
            for name, task, count in ROUND:
                if name in there:
                    answers[name, task, count].append(there[name].ask(task, count))
    return {"rounds": rounds, "skipped": skipped, **figures(answers)}


def figures(answers: Answers) -> dict[str, Any]:
    """Medians and ratios of whatever was measured; a ratio above 1 says that ours is faster."""
    found: dict[str, Any] = {}
    ours = _seconds(answers, ROUND[0])
    found["ours_same_work_step_ms"] = _milliseconds(ours, OUR_STEPS)
    for task, word in (("lesson-tv", "same_work"), ("defaults", "its_defaults")):
        peer = _seconds(answers, ("tf-keras-vis", task, PEER_STEPS))
        if peer:
            paired = [
                (theirs / PEER_STEPS) / (mine / OUR_STEPS)
                for theirs, mine in zip(peer, ours, strict=True)
            ]
            found[f"tf_keras_vis_{word}_step_ms"] = _milliseconds(peer, PEER_STEPS)
            found[f"tf_keras_vis_{word}_ratio"] = _ratio(peer, PEER_STEPS, ours, OUR_STEPS)
            found[f"tf_keras_vis_{word}_ratio_of_rounds"] = _rounded(paired)
    pictures = _seconds(answers, ("ours", "natural", PICTURE_STEPS))
    found["natural_seconds"] = round(statistics.median(pictures), 2)
    found["natural_probability"] = _probability(answers, ("ours", "natural", PICTURE_STEPS))
    theirs = _seconds(answers, ("xplique", "fourier", PICTURE_STEPS))
    if theirs:
        tracing = _seconds(answers, ("xplique", "fourier", 1))
        stepping = [whole - first for whole, first in zip(theirs, tracing, strict=True)]
        key = ("xplique", "fourier", PICTURE_STEPS)
        found["xplique_seconds"] = round(statistics.median(theirs), 2)
        found["xplique_probability"] = _probability(answers, key)
        found["xplique_ratio"] = _ratio(theirs, 1, pictures, 1)
        found["xplique_ratio_without_tracing"] = _ratio(stepping, 1, pictures, 1)
        larger = _seconds(answers, ("xplique", "fourier-512", PICTURE_STEPS))
        found["xplique_ratio_at_its_default_512_px"] = _ratio(larger, 1, pictures, 1)
        found["xplique_ratio_of_rounds"] = _rounded(
            [peer / mine for peer, mine in zip(theirs, pictures, strict=True)]
        )
    return found


def _seconds(answers: Answers, key: Key) -> list[float]:
    return [answer["seconds"] for answer in answers.get(key, [])]


def _probability(answers: Answers, key: Key) -> float:
    """Of the target class in the picture that came out: whether there was anything to time."""
    return round(statistics.median(answer["probability"] for answer in answers[key]), 3)


def _milliseconds(seconds: list[float], steps: int) -> float:
    return round(1000 * statistics.median(seconds) / steps, 2)


def _ratio(theirs: list[float], their_steps: int, ours: list[float], our_steps: int) -> float:
    """Median a step by median a step."""
    middle = statistics.median(theirs) / their_steps
    return round(middle / (statistics.median(ours) / our_steps), 2)


def _rounded(ratios: list[float]) -> list[float]:
    return [round(ratio, 2) for ratio in ratios]
