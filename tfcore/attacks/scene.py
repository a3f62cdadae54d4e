"""What an attack is given: photos, what each shall be taken for, and the networks to be fooled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import tensorflow as tf

from tfcore.attacks.budget import Norm, each
from tfcore.backbones.preprocessing import resized


class Victim(Protocol):
    """A network that is attacked; ``backbones.Backbone`` is one."""

    size: int

    def logits(self, images: tf.Tensor) -> tf.Tensor:
        """Scores before the softmax of RGB images in [0, 1], ``(batch, classes)``."""
        ...

    def raw_logits(self, values: tf.Tensor) -> tf.Tensor:
        """The same of values that go in as they are, without preprocessing."""
        ...


Figure = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""Logits and one-hot labels, both ``(batch, classes)``, to one number an example."""


def cross_entropy(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Minus the logarithm of the label's probability, in nats, on logits and never on softmax.

    The gradient of a softmax vanishes where a network is sure, and an attack then seems to fail
    (Carlini and Wagner, "Towards Evaluating the Robustness of Neural Networks", 2017, section 5).
    """
    return -tf.reduce_sum(tf.nn.log_softmax(logits) * labels, axis=-1)


def probability(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """The label's probability."""
    return tf.reduce_sum(tf.nn.softmax(logits) * labels, axis=-1)


def margin(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """How far the best other class is above the label; negative when the label is first."""
    other = tf.reduce_max(logits - 1e9 * labels, axis=-1)
    return other - tf.reduce_sum(logits * labels, axis=-1)


@dataclass(frozen=True)
class Scene:
    """One batch under attack. Every example is attacked as if it were alone.

    Attributes:
        victims: Networks; the mean of their losses is minimised (Liu et al. 2017).
        norm: How a change is measured.
        photos: RGB on the grid of 8 bits in [0, 1], shape ``(batch, size, size, 3)``.
        labels: One-hot, ``(batch, classes)``: the class to be seen, or the one to be seen no more.
        sources: One-hot, ``(batch, classes)``: what each photo shows.
        signs: 1 where the label is a target, -1 where it is to be left, shape ``(batch,)``.
        knobs: What a person may change meanwhile: ``epsilon`` and ``step_size`` in n/255,
            ``tv_weight`` and what a method adds, each of shape ``(batch,)``.
        seed, step: int64 scalars; every draw follows them.
    """

    victims: Sequence[Victim]
    norm: Norm
    photos: tf.Tensor
    labels: tf.Tensor
    sources: tf.Tensor
    signs: tf.Tensor
    knobs: Mapping[str, tf.Tensor]
    seed: tf.Tensor
    step: tf.Tensor

    def logits(self, images: tf.Tensor) -> list[tf.Tensor]:
        """What each network says of the images, each at its own size."""
        return [victim.logits(resized(images, victim.size)) for victim in self.victims]

    def mean(self, figure: Figure, logits: Sequence[tf.Tensor]) -> tf.Tensor:
        """A figure of the label, the mean over the networks, shape ``(batch,)``."""
        return tf.add_n([figure(one, self.labels) for one in logits]) / len(logits)

    def along(self, slope: tf.Tensor, knob: str) -> tf.Tensor:
        """A change that goes up a slope as far as a knob says."""
        return each(self.knobs[knob]) * self.norm.steepest(slope)

    def is_fooled(self, logits: Sequence[tf.Tensor]) -> tf.Tensor:
        """Whether all networks see the target, or none of them the class to be left."""
        first = [self.signs * margin(one, self.labels) < 0 for one in logits]
        return tf.reduce_all(tf.stack(first), axis=0)
