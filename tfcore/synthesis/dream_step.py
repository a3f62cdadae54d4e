"""One compiled step of a dream, traced once for all octaves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import images
from tfcore.backbones.backbone import Backbone
from tfcore.backbones.building import LOCK
from tfcore.procedures import randomness
from tfcore.synthesis.loss import weighted_loss
from tfcore.synthesis.objectives import Objective
from tfcore.synthesis.octaves import resized
from tfcore.synthesis.parametrization import Pixels

Rgb8 = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

KNOBS = ("loss_weight", "tv_weight", "l2_weight", "learning_rate", "jitter")
"""The settings that are values in the graph, in the order of its argument."""

_FLATTEST = 1e-12
"""A gradient smaller than this on average is none, and is not blown up."""


class DreamStep:
    """Gradient ascent by steps of one length.

    The gradient is divided by its mean absolute value, so that one learning rate, in units of
    pixel values in [0, 1], suits every layer and every size. Before each step the picture is
    rolled by a random shift: no pattern may rest on where a network's strides fall.

    The function keeps no variables: picture in, picture out. Height and width are open in its
    graph, so one trace of a fraction of a second serves every octave.

    Args:
        backbone: The frozen network.
        objective: What is minimised.
        weights: Weight of each class or channel, shape ``(1, width)``.
        seed: Decides every random draw.
    """

    def __init__(
        self, backbone: Backbone, objective: Objective, weights: Floats, seed: int
    ) -> None:
        self._objective, self._pixels = objective, Pixels(backbone.size)
        self._own, self._size = backbone, backbone.size
        self._weights, self._seed = tf.constant(weights), seed
        self.metrics: tuple[str, ...] = ("total", objective.term, "variation", "l2")
        if objective.has_probability:
            self.metrics += ("probability",)
        pictures = tf.TensorSpec((1, None, None, 3), tf.float32)
        clock, knobs = tf.TensorSpec((2,), tf.int64), tf.TensorSpec((1, len(KNOBS)), tf.float32)
        square = tf.TensorSpec((1, self._size, self._size, 3), tf.float32)
        with LOCK:
            self._backbone = backbone.at_any_size(getattr(objective, "layer", "logits"))
            self._step = tf.function(self._graph, input_signature=[pictures, knobs, clock])
            self._judge = tf.function(self._judge_graph, input_signature=[square])
            for function in (self._step, self._judge):
                function.get_concrete_function()

    def __call__(
        self, picture: Floats, knobs: Floats, step: int
    ) -> tuple[Floats, dict[str, float]]:
        """Do one step.

        Args:
            picture: RGB in [0, 1], shape ``(1, size, size, 3)`` of any size.
            knobs: A value for each of ``KNOBS``, shape ``(1, 5)``.
            step: Steps done before.

        Returns:
            The changed picture, and the figures before the change by name.
        """
        after, row = self._step(
            tf.constant(picture), tf.constant(knobs), tf.constant([self._seed, step], tf.int64)
        )
        return np.array(after), dict(zip(self.metrics, row.numpy().tolist(), strict=True))

    def _graph(
        self, picture: tf.Tensor, knob_row: tf.Tensor, clock: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        knobs = dict(zip(KNOBS, tf.unstack(knob_row, axis=1), strict=True))
        draws = randomness.uniform((2,), randomness.key(clock[0], clock[1], randomness.ROLL))
        shift = tf.cast(tf.round(draws * knobs["jitter"]), tf.int32)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(picture)
            rolled = tf.roll(picture, shift, axis=[1, 2])
            verdict = self._objective(self._backbone, rolled, self._weights, False)
            # A mean and not a sum, as the excitation is one: a weight means the same at each size.
            share = 1.0 / tf.cast(tf.reduce_prod(tf.shape(picture)[1:3]), tf.float32)
            weights = {**knobs, "tv_weight": share * knobs["tv_weight"]}
            loss = weighted_loss(picture, verdict, self._pixels, weights)
        gradient = tape.gradient(loss.total, picture)
        length = tf.maximum(tf.reduce_mean(tf.abs(gradient)), _FLATTEST)
        after = self._pixels.project(picture - knobs["learning_rate"] * gradient / length)
        # A step that leaves numbers no picture can have must not look like a good one.
        is_sound = tf.math.is_finite(tf.reduce_sum(after))
        total = tf.where(is_sound, loss.total, float("nan"))
        columns = [total, *loss.terms]
        if loss.probability is not None:
            columns.append(loss.probability)
        return after, tf.concat(columns, axis=0)

    def _judge_graph(self, pictures: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(self._own.logits(pictures))

    def judge(self, picture: Floats) -> Floats:
        """Class probabilities of a picture seen at the network's own size, shape ``(classes,)``.

        Args:
            picture: RGB in [0, 1], shape ``(1, size, size, 3)`` of any size.
        """
        seen: Floats = np.array(self._judge(tf.constant(resized(picture, self._size))))[0]
        return seen

    def judge_saved(self, picture: Rgb8) -> Floats:
        """The same of a picture of 8 bits, cut and shrunk as every uploaded one is."""
        return self.judge(images.to_float(images.fit_square(picture, self._size))[None])

    def excitement(self, picture: Floats) -> float:
        """How strongly the target answers to a picture at the picture's size; more is better.

        Args:
            picture: RGB in [0, 1], shape ``(1, size, size, 3)``.
        """
        with LOCK:
            verdict = self._objective(self._backbone, tf.constant(picture), self._weights, False)
        return -float(verdict.loss[0])
