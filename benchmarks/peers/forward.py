"""The saved network as a peer calls it; runs in the peers' own environments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf


def forward(network: keras.Model, way: str) -> Callable[..., Any]:
    """The network as it is, or compiled.

    Args:
        network: From colours in [0, 1] to logits.
        way: "eager", as the peers' own examples have it, or "compiled", which computes the same
            in a fraction of the time: for comparisons of pictures and not of speed.
    """
    if way == "eager":
        return network
    network.trainable = False  # or each gradient is also taken for all weights

    @tf.function(reduce_retracing=True)
    def run(images: Any, training: bool = False) -> Any:
        return network(images, training=False)

    return run
