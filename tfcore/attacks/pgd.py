"""PGD: many small steps inside the budget, from a random start."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfcore.attacks.attack import IMAGE, Attack, State, slope
from tfcore.attacks.budget import confined, each
from tfcore.attacks.scene import Scene


class Pgd(Attack):
    """Projected gradient descent, the attack that others are measured by.

    Madry et al., "Towards Deep Learning Models Resistant to Adversarial Attacks" (ICLR 2018). Each
    step goes ``step_size`` down the loss and back into the budget. The random start keeps it from
    ending where the loss is flat at the photo itself.

    Args:
        random_start: Whether to begin anywhere within the budget instead of at the photo.
    """

    def __init__(self, random_start: bool = True) -> None:
        self.random_start = random_start

    def start(self, scene: Scene) -> State:
        """Anywhere within the budget, by the scene's seed."""
        if not self.random_start:
            return super().start(scene)
        # One draw for all: what differs between the images of a batch is their settings.
        change = scene.norm.anywhere((1, *scene.photos.shape[1:]), scene.seed)
        epsilon = scene.knobs["epsilon"]
        moved = scene.photos + each(epsilon) * change
        return {IMAGE: confined(moved, scene.photos, scene.norm, epsilon)}

    def advance(self, scene: Scene, state: State) -> tuple[State, Sequence[tf.Tensor]]:
        """One step of length ``step_size`` down the loss."""
        uphill, logits = slope(scene, state[IMAGE])
        return {**state, IMAGE: state[IMAGE] - scene.along(uphill, "step_size")}, logits
