"""The yardstick: gradient descent on an image in one compiled step, and nothing else.

Run as ``python -m benchmarks.bare_loop WARM_STEPS STEPS``; prints milliseconds a step.
"""

from __future__ import annotations

import json
import sys
import time

import tensorflow as tf

from tfcore.backbones.loading import load
from tfcore.procedures.regularizers import total_variation


def main(warm: int, steps: int) -> None:
    backbone = load("efficientnet-lite0")
    size = backbone.size
    image = tf.Variable(tf.random.stateless_normal([1, size, size, 3], seed=[0, 0]))

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(image)
            logits = backbone.raw_logits(image)
            entropy = tf.nn.sparse_softmax_cross_entropy_with_logits([284], logits)
            loss = tf.reduce_sum(10.0 * entropy + 0.005 * total_variation(image))
        image.assign_sub(tape.gradient(loss, image))
        return loss

    for _ in range(warm):
        step()
    began = time.perf_counter()
    for _ in range(steps):
        step()
    seconds = time.perf_counter() - began
    print(json.dumps({"ms": 1000 * seconds / steps}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
