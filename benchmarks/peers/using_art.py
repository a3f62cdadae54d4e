"""The attacks of the Adversarial Robustness Toolbox; runs in that package's own environment."""

from __future__ import annotations

import sys
from typing import Any

import keras
import numpy as np
from art.attacks.evasion import FastGradientMethod, ProjectedGradientDescentTensorFlowV2
from art.estimators.classification import TensorFlowV2Classifier

from benchmarks.peers import attacking
from benchmarks.peers.answering import answer


class Peer:
    """The network behind the peer's interface.

    Args:
        saved: Path of a Keras network, from colours in [0, 1] to logits.
    """

    def __init__(self, saved: str) -> None:
        network = keras.models.load_model(saved, compile=False)
        self._classifier = TensorFlowV2Classifier(
            network,
            nb_classes=1000,
            input_shape=network.input_shape[1:],
            loss_object=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            clip_values=(0, 1),
        )
        self._photo = attacking.photo_of(saved)

    def pgd(self, steps: int) -> Any:
        """Towards the target, from the photo itself."""
        attack = ProjectedGradientDescentTensorFlowV2(
            self._classifier,
            norm=np.inf,
            eps=attacking.EPSILON,
            eps_step=attacking.STEP_SIZE,
            max_iter=steps,
            targeted=True,
            num_random_init=0,
            batch_size=1,
            verbose=False,
        )
        return attack.generate(self._photo, np.array([attacking.TARGET]))

    def fgsm(self, _: int) -> Any:
        """Away from what it shows."""
        attack = FastGradientMethod(self._classifier, eps=attacking.EPSILON, batch_size=1)
        return attack.generate(self._photo, np.array([attacking.SOURCE]))


if __name__ == "__main__":
    peer, table = Peer(sys.argv[1]), attacking.Table("art", sys.argv[1])
    answer({"pgd": table.task("pgd", peer.pgd), "fgsm": table.task("fgsm", peer.fgsm)})
