"""FGSM: one step as far as the budget goes."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfcore.attacks.attack import IMAGE, Attack, State, slope
from tfcore.attacks.scene import Scene


class Fgsm(Attack):
    """The fast gradient sign method: the whole budget in the direction of the gradient's sign.

    Goodfellow, Shlens and Szegedy, "Explaining and Harnessing Adversarial Examples" (ICLR 2015).
    With the L2 norm the direction is the gradient itself. On a linear network it is the best that
    can be done; that it often works on deep ones shows how linear they are.
    """

    def advance(self, scene: Scene, state: State) -> tuple[State, Sequence[tf.Tensor]]:
        """One step of length ``epsilon`` down the loss."""
        uphill, logits = slope(scene, state[IMAGE])
        return {**state, IMAGE: state[IMAGE] - scene.along(uphill, "epsilon")}, logits
