"""How near a step comes to the least it could cost, and where the rest goes.

A gradient needs one pass forward and about one backward, so the floor is two forward passes of the
bare folded network, batch 1. Passes and steps are timed in alternating rounds of one process;
then each recipe runs under TensorFlow's profiler.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Set
from typing import Any

ROUNDS = 5
WARM, CALLS, PROFILED = 10, 40, 30
RECIPES = ("lesson-tv", "natural")
MOST_NAMED = 8


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    import tensorflow as tf

    from tfcore.backbones.loading import cached
    from tfcore.settings import SynthesizeSettings
    from tfcore.synthesis.procedure import Synthesis

    runs = {name: Synthesis(SynthesizeSettings(recipe=name)) for name in RECIPES}
    backbone = cached("efficientnet-lite0")
    layers = {layer.name for layer in backbone.model.layers}
    shape = (1, backbone.size, backbone.size, 3)
    image = tf.Variable(tf.random.stateless_normal(shape, seed=[0, 0]))

    @tf.function
    def forward() -> tf.Tensor:
        return backbone.raw_logits(image)

    @tf.function
    def gradient() -> tf.Tensor:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(image)
            score = tf.reduce_sum(backbone.raw_logits(image) * tf.one_hot([284], 1000))
        return tape.gradient(score, image)

    calls: dict[str, Callable[[], object]] = {
        "forward": lambda: forward().numpy(),
        "gradient": lambda: gradient().numpy(),
        **{name: run.step for name, run in runs.items()},
    }
    timed = _alternate(calls, rounds)
    middle = {name: statistics.median(values) for name, values in timed.items()}
    floor = 2 * middle["forward"]
    return {
        "forward_ms": round(middle["forward"], 2),
        "floor_ms": round(floor, 2),
        "bare_gradient_ms": round(middle["gradient"], 2),
        "bare_gradient_reaches": round(floor / middle["gradient"], 3),
        "recipes": {
            name: {
                "step_ms": round(middle[name], 2),
                "reaches": round(floor / middle[name], 3),
                **_where(runs[name].step, layers, middle[name], floor),
            }
            for name in RECIPES
        },
    }


def _alternate(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds a call, one figure a round."""
    for call in calls.values():
        for _ in range(WARM):
            call()
    timed: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, call in calls.items():
            began = time.perf_counter()
            for _ in range(CALLS):
                call()
            timed[name].append(1000 * (time.perf_counter() - began) / CALLS)
    return timed


def _where(
    step: Callable[[], object], layers: Set[str], step_ms: float, floor_ms: float
) -> dict[str, Any]:
    """Milliseconds a step by kinds of work, and the slowest operations outside the network.

    What a step takes beyond the sum of its operations is Python, dispatch and waiting; it is
    negative where operations ran side by side.
    """
    from benchmarks.op_times import kind_of_work, profile

    profiled_ms, operations = profile(step, PROFILED)
    work: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    for name, milliseconds in operations.items():
        kind = kind_of_work(name, layers)
        work[kind] += milliseconds
        if not kind.startswith("network"):
            outside[name] += milliseconds
    return {
        "above_floor_ms": round(step_ms - floor_ms, 2),
        "profiled_step_ms": round(profiled_ms, 2),
        "operations_ms": {kind: round(value, 2) for kind, value in work.most_common()},
        "beyond_operations_ms": round(profiled_ms - work.total(), 2),
        "slowest_outside_the_network_ms": {
            name: round(value, 2) for name, value in outside.most_common(MOST_NAMED)
        },
    }
