"""The lesson's own procedure: plain gradient descent on the image, and nothing that limits it."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfcore.attacks.attack import IMAGE, Attack, State
from tfcore.attacks.budget import each
from tfcore.attacks.scene import Scene, cross_entropy


class Lesson(Attack):
    """``image -= eta * gradient``, without preprocessing, clipping or budget.

    Microsoft's "AI for Beginners", Transfer Learning, adversarial dog: values from 0 to 1 go into a
    network that expects others, so that neither what it sees nor how large the change is says much
    about a photo. It is replayed as it is, and judged like every other attack.
    """

    has_budget = False

    def advance(self, scene: Scene, state: State) -> tuple[State, Sequence[tf.Tensor]]:
        """One step of ``step_size`` gradients, on values that skip the preprocessing."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state[IMAGE])
            logits = [victim.raw_logits(state[IMAGE]) for victim in scene.victims]
            loss = scene.signs * scene.mean(cross_entropy, logits)
        gradient = tape.gradient(loss, state[IMAGE])
        eta = each(scene.knobs["step_size"])
        return {**state, IMAGE: state[IMAGE] - eta * gradient}, logits
