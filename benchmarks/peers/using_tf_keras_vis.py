"""tf-keras-vis's activation maximisation; runs in that package's own environment."""

from __future__ import annotations

import sys
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tf_keras_vis.activation_maximization import ActivationMaximization
from tf_keras_vis.activation_maximization.regularizers import TotalVariation2D

from benchmarks.peers.answering import TARGET, answer


class Peer:
    """The network behind the peer's interface.

    Args:
        saved: Path of a Keras network, from its own range to logits.
    """

    def __init__(self, saved: str) -> None:
        self._network = keras.models.load_model(saved, compile=False)
        self._shape = (1, *self._network.input_shape[1:])
        self._maximize = ActivationMaximization(self._network, clone=False)

    def lesson_tv(self, steps: int) -> dict[str, float]:
        """The same work as our recipe: cross-entropy, total variation, plain descent."""
        pixels = float(np.prod(self._shape))
        return self._time(
            lambda logits: 10.0 * tf.nn.log_softmax(logits)[:, TARGET],
            steps=steps,
            input_range=None,
            input_modifiers=[],
            regularizers=[TotalVariation2D(weight=0.005 * pixels)],  # it divides by the pixels
            optimizer=keras.optimizers.SGD(1.0),
        )

    def defaults(self, steps: int) -> dict[str, float]:
        """Jitter, rotation, both regularizers and RMSprop, as the package chooses them."""
        return self._time(lambda logits: logits[:, TARGET], steps=steps, input_range=(-1.0, 1.0))

    def _time(self, score: Any, **options: Any) -> dict[str, float]:
        start = tf.random.stateless_normal(self._shape, seed=[0, 0])
        began = time.perf_counter()
        self._maximize(score, seed_input=start, **options)
        return {"seconds": time.perf_counter() - began}


if __name__ == "__main__":
    peer = Peer(sys.argv[1])
    answer({"lesson-tv": peer.lesson_tv, "defaults": peer.defaults})
