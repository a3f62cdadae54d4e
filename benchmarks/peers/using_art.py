"""The attacks of the Adversarial Robustness Toolbox; runs in that package's own environment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from art.attacks.evasion import (
    CarliniL2Method,
    DeepFool,
    FastGradientMethod,
    ProjectedGradientDescentTensorFlowV2,
)
from art.estimators.classification import TensorFlowV2Classifier

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
        self._forward, self._shape = forward(network, way), network.input_shape[1:]
        self._classifier = self._behind(self._forward, 1000)

    def pgd(self, order: Order, steps: int) -> Any:
        """Towards the target, from the photo itself."""
        attack = ProjectedGradientDescentTensorFlowV2(
            self._classifier,
            norm=np.inf,
            eps=order.epsilon,
            eps_step=order.step_size,
            max_iter=steps,
            targeted=True,
            num_random_init=0,
            batch_size=len(order.photos),
            verbose=False,
        )
        return attack.generate(order.photos, order.wanted)

    def fgsm(self, order: Order, _: int) -> Any:
        """Away from what it shows."""
        attack = FastGradientMethod(
            self._classifier, eps=order.epsilon, batch_size=len(order.photos)
        )
        return attack.generate(order.photos, order.truth)

    def carlini_wagner(self, order: Order, steps: int) -> Any:
        """Towards one target for all, on a network of two scores: the target's, the best other.

        The search looks at nothing else. Of all classes' scores ART takes the gradient of the whole
        batch anew for each class that leads on one of its photos.
        """
        target = int(order.wanted[0])
        if (order.wanted != target).any():
            raise ValueError("got several targets, expected the same one for all photos")

        def duel(images: Any, training: bool = False) -> Any:
            scores = self._forward(images, training=training)
            others = scores - 1e9 * tf.one_hot(target, 1000)
            return tf.stack([scores[:, target], tf.reduce_max(others, axis=1)], axis=1)

        attack = CarliniL2Method(
            self._behind(duel, 2),
            targeted=True,
            learning_rate=order.learning_rate,
            binary_search_steps=order.rounds,
            max_iter=steps,
            initial_const=order.first_constant,
            batch_size=len(order.photos),
            verbose=False,
        )
        wanted = np.tile(np.array([[1.0, 0.0]], np.float32), (len(order.photos), 1))
        return attack.generate(order.photos, wanted)

    def deepfool(self, order: Order, steps: int) -> Any:
        """Away from what it shows, one by one, each on a network of its candidates alone.

        ART 1.20.1 errs where it has fewer candidates than the network has classes: it indexes
        scores of all classes by a number among the candidates, and goes many times too far. Given
        only the candidates' scores it is right, at the same price.
        """
        chosen = tf.Variable(np.zeros(order.candidates, np.int32))

        def shortlist(images: Any, training: bool = False) -> Any:
            return tf.gather(self._forward(images, training=training), chosen, axis=1)

        attack = DeepFool(
            self._behind(shortlist, order.candidates),
            max_iter=steps,
            epsilon=order.overshoot,
            nb_grads=order.candidates,
            batch_size=1,
            verbose=False,
        )
        ended = []
        for photo in order.photos:
            scores = np.array(self._forward(photo[None], training=False))[0]
            chosen.assign(np.argsort(-scores)[: order.candidates].astype(np.int32))
            ended.append(attack.generate(photo[None]))
        return np.concatenate(ended)

    def _behind(self, network: Callable[..., Any], classes: int) -> TensorFlowV2Classifier:
        return TensorFlowV2Classifier(
            network,
            nb_classes=classes,
            input_shape=self._shape,
            loss_object=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            clip_values=(0, 1),
        )


if __name__ == "__main__":
    peer, table = Peer(*sys.argv[1:3]), Table("art", sys.argv[1])
    answer(
        {
            "pgd": table.task("pgd", peer.pgd),
            "fgsm": table.task("fgsm", peer.fgsm),
            "cw": table.task("cw", peer.carlini_wagner),
            "deepfool": table.task("deepfool", peer.deepfool),
        }
    )
