"""Foolbox's attacks; runs in that package's own environment."""

from __future__ import annotations

import sys
from typing import Any

import foolbox
import keras
import tensorflow as tf
from foolbox.criteria import Misclassification, TargetedMisclassification

from benchmarks.peers.answering import answer
from benchmarks.peers.attacking import Order, Table
from benchmarks.peers.forward import forward


class Peer:
    """The network behind the peer's interface.

    Args:
        saved: Path of a Keras network, from colours in [0, 1] to logits.
        way: See ``forward``.
    """

    def __init__(self, saved: str, way: str) -> None:
        network = keras.models.load_model(saved, compile=False)
        self._model = foolbox.TensorFlowModel(forward(network, way), bounds=(0, 1))

    def pgd(self, order: Order, steps: int) -> Any:
        """Towards the target, from the photo itself."""
        attack = foolbox.attacks.LinfPGD(
            abs_stepsize=order.step_size, steps=steps, random_start=False
        )
        return self._run(attack, order, self._towards(order), epsilon=order.epsilon)

    def fgsm(self, order: Order, _: int) -> Any:
        """Away from what it shows."""
        attack = foolbox.attacks.LinfFastGradientAttack(random_start=False)
        return self._run(attack, order, self._away(order), epsilon=order.epsilon)

    def carlini_wagner(self, order: Order, steps: int) -> Any:
        """Towards the target, with all steps of all rounds."""
        attack = foolbox.attacks.L2CarliniWagnerAttack(
            binary_search_steps=order.rounds,
            steps=steps,
            stepsize=order.learning_rate,
            initial_const=order.first_constant,
            abort_early=False,
        )
        return self._run(attack, order, self._towards(order))

    def deepfool(self, order: Order, steps: int) -> Any:
        """Away from what it shows."""
        attack = foolbox.attacks.L2DeepFoolAttack(
            steps=steps, candidates=order.candidates, overshoot=order.overshoot
        )
        return self._run(attack, order, self._away(order))

    def _run(self, attack: Any, order: Order, goal: Any, **budget: float) -> Any:
        return attack.run(self._model, tf.constant(order.photos), goal, **budget)

    def _towards(self, order: Order) -> TargetedMisclassification:
        return TargetedMisclassification(tf.constant(order.wanted))

    def _away(self, order: Order) -> Misclassification:
        return Misclassification(tf.constant(order.truth))


if __name__ == "__main__":
    peer, table = Peer(*sys.argv[1:3]), Table("foolbox", sys.argv[1])
    answer(
        {
            "pgd": table.task("pgd", peer.pgd),
            "fgsm": table.task("fgsm", peer.fgsm),
            "cw": table.task("cw", peer.carlini_wagner),
            "deepfool": table.task("deepfool", peer.deepfool),
        }
    )
