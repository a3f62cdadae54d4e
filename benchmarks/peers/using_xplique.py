"""xplique's feature visualisation by Fourier coefficients; runs in that package's environment."""

from __future__ import annotations

import sys
import time
from typing import Any

import keras
import tensorflow as tf
from xplique.features_visualizations import Objective, optimize

from benchmarks.peers.answering import TARGET, answer


class Peer:
    """The network behind the peer's interface.

    Args:
        saved: Path of a Keras network, from its own range to logits.
    """

    def __init__(self, saved: str) -> None:
        network = keras.models.load_model(saved, compile=False)
        network.trainable = False
        images = keras.Input(network.input_shape[1:])
        # The network's preprocessing, as the lab's catalog has it: (255 x - 127) / 128.
        scores = network(keras.layers.Rescaling(255 / 128, -127 / 128)(images))
        # The peer looks its target up among the layers, the last of which has to give logits.
        self._model = keras.Model(images, keras.layers.Activation("linear")(scores))
        self._size = network.input_shape[1:3]

    def fourier(self, steps: int) -> dict[str, float]:
        """A whole optimisation with the package's own transformations and optimizer."""
        return self._optimize(steps, custom_shape=self._size)

    def fourier_512(self, steps: int) -> dict[str, float]:
        """The same with a picture of 512 px, the package's default: the network sees it shrunk."""
        return self._optimize(steps)

    def _optimize(self, steps: int, **options: Any) -> dict[str, float]:
        began = time.perf_counter()
        objective = Objective.neuron(self._model, -1, TARGET)
        pictures, _ = optimize(objective, nb_steps=steps, **options)
        seen = tf.image.resize(pictures[-1], self._size)
        shares = tf.nn.softmax(self._model(seen))
        probability = float(shares[0, TARGET])
        return {"seconds": time.perf_counter() - began, "probability": probability}


if __name__ == "__main__":
    peer = Peer(sys.argv[1])
    answer({"fourier": peer.fourier, "fourier-512": peer.fourier_512})
