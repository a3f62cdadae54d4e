"""What a step minimises: the objective in what the networks see, and the regularizers' shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import tensorflow as tf

from tfcore.backbones.backbone import Backbone
from tfcore.backbones.preprocessing import resized
from tfcore.procedures import regularizers
from tfcore.synthesis import transforms
from tfcore.synthesis.objectives import Objective, Verdict
from tfcore.synthesis.parametrization import Parametrization


@dataclass(frozen=True)
class Loss:
    """The loss of each image of a batch and what it is made of.

    Attributes:
        total: Sum of the terms, shape ``(batch,)``.
        terms: The objective, variation and L2, each weighted as it enters the total.
        probability: Of each image's target class; None where there is none.
    """

    total: tf.Tensor
    terms: tuple[tf.Tensor, ...]
    probability: tf.Tensor | None


def weighted_loss(
    image: tf.Tensor,
    verdict: Verdict,
    parametrization: Parametrization,
    knobs: Mapping[str, tf.Tensor],
) -> Loss:
    """Weigh the objective against the regularizers.

    Args:
        image: The images as they are, shape ``(batch, size, size, 3)``.
        verdict: What the objective says of the view that the networks were given.
        parametrization: Knows which value means gray.
        knobs: The weights, each of shape ``(batch,)``.
    """
    terms = (
        knobs["loss_weight"] * verdict.loss,
        knobs["tv_weight"] * regularizers.total_variation(image),
        knobs["l2_weight"]
        * regularizers.l2(image, parametrization.gray, parametrization.half_range),
    )
    return Loss(tf.add_n(terms), terms, verdict.probability)


def view(
    image: tf.Tensor,
    clock: tf.Tensor,
    knobs: Mapping[str, tf.Tensor],
    *,
    moves: bool,
    grainy: bool,
) -> tf.Tensor:
    """What the networks are given: the image itself, unless there are random views or noise.

    All images of a batch share one draw, so that what differs between them is their settings.
    """
    seed, step = clock[0], clock[1]
    if moves:
        amounts = {name: knobs[name] for name in ("scale", "rotation", "jitter")}
        image = transforms.random_view(image, seed, step, **amounts)
    if grainy:
        image = transforms.add_noise(image, seed, step, knobs["noise"])
    return image


def ask(
    backbones: Sequence[Backbone],
    objective: Objective,
    images: tf.Tensor,
    targets: tf.Tensor,
    raw: bool,
) -> Verdict:
    """Ask several networks and take the mean of what they say.

    A picture that convinces networks with different mistakes has to look like the target and not
    like one network's blind spot (Liu et al., "Delving into Transferable Adversarial Examples",
    ICLR 2017, ask ensembles for the same reason).

    Args:
        backbones: One network or more; each is given the images at its own size.
        objective: What is minimised.
        images: Shape ``(batch, size, size, 3)``.
        targets: Weight of each class or channel, shape ``(batch, width)``.
        raw: Whether images go to the networks without preprocessing.
    """
    verdicts = [objective(one, resized(images, one.size), targets, raw) for one in backbones]
    if len(verdicts) == 1:
        return verdicts[0]
    share = 1.0 / len(verdicts)
    probabilities = [v.probability for v in verdicts if v.probability is not None]
    return Verdict(
        share * tf.add_n([verdict.loss for verdict in verdicts]),
        share * tf.add_n(probabilities) if probabilities else None,
    )
