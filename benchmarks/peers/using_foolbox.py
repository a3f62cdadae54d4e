"""Foolbox's attacks; runs in that package's own environment."""

from __future__ import annotations

import sys
from typing import Any

import foolbox
import keras
import tensorflow as tf

from benchmarks.peers import attacking
from benchmarks.peers.answering import answer


class Peer:
    """The network behind the peer's interface.

    Args:
        saved: Path of a Keras network, from colours in [0, 1] to logits.
    """

    def __init__(self, saved: str) -> None:
        network = keras.models.load_model(saved, compile=False)
        self._model = foolbox.TensorFlowModel(network, bounds=(0, 1))
        self._photo = tf.constant(attacking.photo_of(saved))

    def pgd(self, steps: int) -> Any:
        """Towards the target, from the photo itself."""
        attack = foolbox.attacks.LinfPGD(
            abs_stepsize=attacking.STEP_SIZE, steps=steps, random_start=False
        )
        wanted = foolbox.criteria.TargetedMisclassification(tf.constant([attacking.TARGET]))
        return attack.run(self._model, self._photo, wanted, epsilon=attacking.EPSILON)

    def fgsm(self, _: int) -> Any:
        """Away from what it shows."""
        attack = foolbox.attacks.LinfFastGradientAttack(random_start=False)
        wanted = foolbox.criteria.Misclassification(tf.constant([attacking.SOURCE]))
        return attack.run(self._model, self._photo, wanted, epsilon=attacking.EPSILON)


if __name__ == "__main__":
    peer, table = Peer(sys.argv[1]), attacking.Table("foolbox", sys.argv[1])
    answer({"pgd": table.task("pgd", peer.pgd), "fgsm": table.task("fgsm", peer.fgsm)})
