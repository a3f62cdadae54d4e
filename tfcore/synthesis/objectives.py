"""What a picture is asked to excite: a class or one channel of a layer.

An objective turns images into a loss for each example that sinks as the target is excited more. To
add one, write a frozen dataclass with these attributes and ``__call__``, and a branch in
``programs.objective_of``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import tensorflow as tf

from tfcore.backbones.backbone import Backbone


@dataclass(frozen=True)
class Verdict:
    """What an objective says of a batch.

    Attributes:
        loss: Shape ``(batch,)``; smaller is better.
        probability: Probability of each example's target class, shape ``(batch,)``; None for a
            channel, which has none.
    """

    loss: tf.Tensor
    probability: tf.Tensor | None


class Objective(Protocol):
    """A loss for each example."""

    @property
    def term(self) -> str:
        """Name of the loss among the metrics."""
        ...

    @property
    def description(self) -> str:
        """What is minimised, in words."""
        ...

    @property
    def has_probability(self) -> bool:
        """Whether the target is a class, which has a probability."""
        ...

    def __call__(
        self, backbone: Backbone, images: tf.Tensor, targets: tf.Tensor, raw: bool
    ) -> Verdict:
        """Judge a batch.

        Args:
            backbone: The frozen network.
            images: Shape ``(batch, size, size, 3)``; RGB in [0, 1] unless ``raw``.
            targets: Class index or channel of each example, int32, shape ``(batch,)``.
            raw: Whether images go to the network without its preprocessing.
        """
        ...


def _logits(backbone: Backbone, images: tf.Tensor, raw: bool) -> tf.Tensor:
    return backbone.raw_logits(images) if raw else backbone.logits(images)


def _pick(values: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """One column for each row. A product, because the gradient of a gather is a slow scatter."""
    return tf.reduce_sum(values * tf.one_hot(targets, values.shape[-1]), axis=-1)


@dataclass(frozen=True)
class CrossEntropy:
    """Minus the logarithm of the target's probability, in nats; 0 when the network is sure.

    It can sink by lowering the other classes as well as by raising the target, and its gradient
    fades once the network is sure.

    Example:
        >>> CrossEntropy().term
        'cross_entropy'
    """

    term: str = "cross_entropy"
    description: str = "cross-entropy between the network's answer and the target class"
    has_probability: bool = True

    def __call__(
        self, backbone: Backbone, images: tf.Tensor, targets: tf.Tensor, raw: bool
    ) -> Verdict:
        """Judge a batch; see ``Objective``."""
        logits = _logits(backbone, images, raw)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
        return Verdict(loss, tf.exp(-loss))


@dataclass(frozen=True)
class Logit:
    """Minus the target's score before softmax; unbounded.

    It sinks only by showing more of the target (Simonyan et al., "Deep Inside Convolutional
    Networks", 2013, section 2, maximise the unnormalised score for this reason).
    """

    term: str = "logit"
    description: str = "minus the target class's score before softmax"
    has_probability: bool = True

    def __call__(
        self, backbone: Backbone, images: tf.Tensor, targets: tf.Tensor, raw: bool
    ) -> Verdict:
        """Judge a batch; see ``Objective``."""
        logits = _logits(backbone, images, raw)
        return Verdict(-_pick(logits, targets), _pick(tf.nn.softmax(logits), targets))


@dataclass(frozen=True)
class Activation:
    """Minus the mean over all places of one channel of a layer: what this detector looks for.

    Args:
        layer: Name of the layer, as ``catalog.layers`` lists it.
    """

    layer: str
    term: str = "activation"
    has_probability: bool = False

    @property
    def description(self) -> str:
        """What is minimised, in words."""
        return f"minus the mean activation of one channel of {self.layer}"

    def __call__(
        self, backbone: Backbone, images: tf.Tensor, targets: tf.Tensor, raw: bool
    ) -> Verdict:
        """Judge a batch; see ``Objective``."""
        read = backbone.raw_activations if raw else backbone.activations
        channels = tf.reduce_mean(read(images, self.layer), axis=[1, 2])
        return Verdict(-_pick(channels, targets), None)
