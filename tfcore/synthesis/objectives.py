"""What a picture is asked to excite: a class, one channel of a layer, or a whole layer.

An objective turns images into a loss for each example that sinks as the target is excited more. To
add one, write a frozen dataclass with these attributes and methods, and an entry or a branch in
``programs.objective_of``.

A target is a weight for each class or channel: one 1.0 for a plain target, several for a sum, a
negative one for what shall not be seen.
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
        probability: Probability of the classes with a positive weight together, shape
            ``(batch,)``; None for a channel, which has none.
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

    def width(self, backbone: Backbone) -> int:
        """How many classes or channels a target has weights for."""
        ...

    def __call__(
        self, backbone: Backbone, images: tf.Tensor, targets: tf.Tensor, raw: bool
    ) -> Verdict:
        """Judge a batch.

        Args:
            backbone: The frozen network.
            images: Shape ``(batch, size, size, 3)``; RGB in [0, 1] unless ``raw``.
            targets: Weight of each class or channel, float32, shape ``(batch, width)``.
            raw: Whether images go to the network without its preprocessing.
        """
        ...


def _weigh(values: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """The targets' share of each row. A product: the gradient of a gather is a slow scatter."""
    return tf.reduce_sum(values * targets, axis=-1)


@dataclass(frozen=True)
class _ClassObjective:
    """What all objectives of classes share; each says which scores it raises."""

    has_probability: bool = True

    def width(self, backbone: Backbone) -> int:
        """How many classes the network knows."""
        return int(backbone.model.output_shape[-1])

    def __call__(
        self, backbone: Backbone, images: tf.Tensor, targets: tf.Tensor, raw: bool
    ) -> Verdict:
        """Judge a batch; see ``Objective``."""
        logits = backbone.raw_logits(images) if raw else backbone.logits(images)
        wanted = tf.cast(targets > 0, tf.float32)
        return Verdict(
            -_weigh(self._scores(logits), targets), _weigh(tf.nn.softmax(logits), wanted)
        )

    def _scores(self, logits: tf.Tensor) -> tf.Tensor:
        """What is raised for each class, shape ``(batch, classes)``."""
        raise NotImplementedError


@dataclass(frozen=True)
class CrossEntropy(_ClassObjective):
    """Minus the logarithm of the target's probability, in nats; 0 when the network is sure.

    It can sink by lowering the other classes as well as by raising the target, and its gradient
    fades once the network is sure.

    Example:
        >>> CrossEntropy().term
        'cross_entropy'
    """

    term: str = "cross_entropy"
    description: str = "cross-entropy between the network's answer and the target class"

    def _scores(self, logits: tf.Tensor) -> tf.Tensor:
        return tf.nn.log_softmax(logits)


@dataclass(frozen=True)
class Logit(_ClassObjective):
    """Minus the target's score before softmax; unbounded.

    It sinks only by showing more of the target (Simonyan et al., "Deep Inside Convolutional
    Networks", 2013, section 2, maximise the unnormalised score for this reason).
    """

    term: str = "logit"
    description: str = "minus the target class's score before softmax"

    def _scores(self, logits: tf.Tensor) -> tf.Tensor:
        return logits


@dataclass(frozen=True)
class Combined(_ClassObjective):
    """The logit and three times the cross-entropy: more of the target, and no class above it.

    The score alone can rise while a sister class rises further (a dumbbell that is a barbell), and
    the cross-entropy alone has no more to say once the network is sure.
    """

    term: str = "combined"
    description: str = (
        "three times the cross-entropy between the network's answer and the target class, minus "
        "its score before softmax"
    )

    def _scores(self, logits: tf.Tensor) -> tf.Tensor:
        return logits + 3.0 * tf.nn.log_softmax(logits)


@dataclass(frozen=True)
class Activation:
    """Minus the activation of channels of a layer: what these detectors look for.

    Args:
        layer: Name of the layer, as ``catalog.layers`` lists it.
        is_unit: Look at the one place in the middle instead of the mean over all places.
    """

    layer: str
    is_unit: bool = False
    term: str = "activation"
    has_probability: bool = False

    @property
    def description(self) -> str:
        """What is minimised, in words."""
        place = "the unit in the middle" if self.is_unit else "the mean activation"
        return f"minus {place} of channels of {self.layer}"

    def width(self, backbone: Backbone) -> int:
        """How many channels the layer has."""
        return int(backbone.model.get_layer(self.layer).output.shape[-1])

    def __call__(
        self, backbone: Backbone, images: tf.Tensor, targets: tf.Tensor, raw: bool
    ) -> Verdict:
        """Judge a batch; see ``Objective``."""
        read = backbone.raw_activations if raw else backbone.activations
        maps = read(images, self.layer)
        if self.is_unit:
            # Asked in the graph: a dream's maps have another height and width at each octave.
            height, width = tf.unstack(tf.shape(maps)[1:3])
            channels = maps[:, height // 2, width // 2]
        else:
            channels = tf.reduce_mean(maps, axis=[1, 2])
        return Verdict(-_weigh(channels, targets), None)


@dataclass(frozen=True)
class Excitation:
    """Minus the mean squared activation of a whole layer: more of whatever it sees already.

    The square makes what answers strongly answer more (Mordvintsev et al., "Inceptionism: Going
    Deeper into Neural Networks", 2015, whose notebook maximises half the sum of squares).

    Args:
        layer: Name of the layer, as ``catalog.layers`` lists it.
    """

    layer: str
    term: str = "excitation"
    has_probability: bool = False

    @property
    def description(self) -> str:
        """What is minimised, in words."""
        return f"minus the mean squared activation of {self.layer}"

    def width(self, backbone: Backbone) -> int:
        """One: the layer itself."""
        return 1

    def __call__(
        self, backbone: Backbone, images: tf.Tensor, targets: tf.Tensor, raw: bool
    ) -> Verdict:
        """Judge a batch; see ``Objective``."""
        read = backbone.raw_activations if raw else backbone.activations
        squares = tf.reduce_mean(tf.square(read(images, self.layer)), axis=[1, 2, 3])
        return Verdict(-_weigh(squares[:, None], targets), None)
