"""The base of all attacks: it keeps the budget and measures; a method only says where to go.

What a method needs to remember is a state of tensors. A step is then a function from state to
state, which can be compiled, saved, restored, and shared between runs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import tensorflow as tf

from tfcore.attacks.budget import confined
from tfcore.attacks.scene import Scene, cross_entropy, probability
from tfcore.procedures.regularizers import total_variation

State = dict[str, tf.Tensor]

IMAGE = "image"
"""The entry of every state that holds the images as they are now."""

FIGURES = ("cross_entropy", "variation", "probability", "source_probability", "distance")
"""The columns of what a step returns."""


class Attack(ABC):
    """One method. Instances hold settings that decide the graph and nothing else.

    Attributes:
        has_budget: Whether every image is kept within ``epsilon`` of its photo.
    """

    has_budget = True

    def start(self, scene: Scene) -> State:
        """The state before the first step: the photos themselves."""
        return {IMAGE: scene.photos}

    @abstractmethod
    def advance(self, scene: Scene, state: State) -> tuple[State, Sequence[tf.Tensor]]:
        """Go one step.

        Returns:
            The next state, whose images need keep neither budget nor range, and what the networks
            say of the present images: their logits.
        """

    def final(self, state: State) -> tf.Tensor:
        """The images that the attack ends with."""
        return state[IMAGE]

    def step(self, scene: Scene, state: State) -> tuple[State, tf.Tensor]:
        """Go one step and keep the budget.

        Returns:
            The next state, and figures measured before the step, shape ``(batch, len(FIGURES))``:
            cross-entropy of the label in nats, the weighted variation of the change, the
            probabilities of the label and of what the photo shows, and the change's size in n/255.
        """
        image = state[IMAGE]
        after, logits = self.advance(scene, state)
        if self.has_budget:
            moved = confined(after[IMAGE], scene.photos, scene.norm, scene.knobs["epsilon"])
            after = {**after, IMAGE: moved}
        figures = [
            scene.mean(cross_entropy, logits),
            scene.knobs["tv_weight"] * total_variation(image - scene.photos),
            scene.mean(probability, logits),
            replace(scene, labels=scene.sources).mean(probability, logits),
            scene.norm.size(image - scene.photos),
        ]
        return after, tf.stack(figures, axis=1)


def slope(scene: Scene, images: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """The gradient of each example's loss with respect to its image, and the logits.

    The lesson's total variation, here of the change and not of the picture, is part of the loss: it
    makes a change smooth.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        logits = scene.logits(images)
        loss = scene.signs * scene.mean(cross_entropy, logits)
        loss += scene.knobs["tv_weight"] * total_variation(images - scene.photos)
    # Of the sum: no example's loss depends on another's image.
    return tape.gradient(loss, images), logits
