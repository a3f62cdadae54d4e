"""MI-FGSM: steps along the mean of all gradients so far."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfcore.attacks.attack import IMAGE, Attack, State, slope
from tfcore.attacks.scene import Scene

_MOMENTUM = "momentum"
_TINY = 1e-30


class MiFgsm(Attack):
    """The momentum iterative method: its images fool other networks more often than PGD's.

    Dong et al., "Boosting Adversarial Attacks with Momentum" (CVPR 2018): gradients, each divided
    by its mean absolute value, are summed up with a decay, so that no single network's wiggle
    decides the way.

    Args:
        decay: Share of the sum that stays at each step; the paper's 1 keeps all of it.
    """

    def __init__(self, decay: float = 1.0) -> None:
        self.decay = decay

    def start(self, scene: Scene) -> State:
        """The photo, and no momentum."""
        return {**super().start(scene), _MOMENTUM: tf.zeros_like(scene.photos)}

    def advance(self, scene: Scene, state: State) -> tuple[State, Sequence[tf.Tensor]]:
        """One step of length ``step_size`` along the momentum."""
        uphill, logits = slope(scene, state[IMAGE])
        scale = tf.reduce_mean(tf.abs(uphill), [1, 2, 3], keepdims=True)
        momentum = self.decay * state[_MOMENTUM] + uphill / tf.maximum(scale, _TINY)
        moved = state[IMAGE] - scene.along(momentum, "step_size")
        return {IMAGE: moved, _MOMENTUM: momentum}, logits
