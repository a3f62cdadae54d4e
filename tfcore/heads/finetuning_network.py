"""A head and its network in two parts: one that stays as it is, and one that learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore.backbones.backbone import Backbone
from tfcore.backbones.blocks import cut, trainable
from tfcore.backbones.building import LOCK
from tfcore.backbones.folding import fold
from tfcore.backbones.heading import features
from tfcore.backbones.loading import load
from tfcore.backbones.preprocessing import preprocess
from tfcore.errors import UserError
from tfcore.head_file import Dense, Trained
from tfcore.heads.augmentation import augmented
from tfcore.settings.finetune import FineTuneSettings

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]
Pixels = npt.NDArray[np.uint8]
Values = list[npt.NDArray[Any]]


class TunedNetwork:
    """A trained head on its network, of which the last blocks can learn.

    What is frozen needs no gradient: it is computed apart, by its fast twin, up to the boundary
    of the blocks that learn. Batch norm always uses the statistics that it was pretrained with: a
    few photos would spoil them (Keras's guide "Transfer learning and fine-tuning").

    Args:
        head: What is gone on with.
        settings: Which blocks, and how photos are varied.
        batch: Photos of a batch; fewer have to be filled up.

    Attributes:
        backbone: The network below the head, unfolded; its weights are those that learn.
        size: Height and width of what it sees, in pixels.

    Raises:
        UserError: The head was trained on other weights than the network has here.
        WeightsMissing: The network's weights are not here and cannot be fetched.
    """

    def __init__(self, head: Trained, settings: FineTuneSettings, batch: int) -> None:
        self.backbone = _below(head)
        self.size, self._settings, self._batch = self.backbone.size, settings, batch
        model = self.backbone.model
        with LOCK:
            known = {id(weight): place for place, weight in enumerate(model.weights)}
            tensor = features(model, head.about.layer, head.about.pooling)
            parts = cut(model, tensor, settings.blocks)
            self._lower = fold(parts.lower).model if parts.lower is not None else None
            self._upper = parts.upper
            below = trainable(parts.trained)
            self._places = [known[id(weight)] for weight in below]
            layers = _fresh(head, settings.seed) if settings.fresh_head else head.layers
            self._head = [
                (
                    keras.Variable(layer.kernel, name="kernel"),
                    keras.Variable(layer.bias, name="bias"),
                )
                for layer in layers
            ]
            self._learning = [*below, *(variable for pair in self._head for variable in pair)]
            self._optimizer = keras.optimizers.Adam(settings.learning_rate)
            self._optimizer.build(self._learning)
            self._compile()

    @property
    def inner_shape(self) -> tuple[int, ...]:
        """Shape of what crosses the boundary, of one photo."""
        if self._lower is None:
            return (self.size, self.size, 3)
        return tuple(map(int, self._lower.output.shape[1:]))

    @property
    def parameters(self) -> int:
        """Numbers that learn, those of the head included."""
        return sum(int(np.prod(variable.shape)) for variable in self._learning)

    # -- asking --------------------------------------------------------------------------------

    def inner(self, photos: Pixels) -> tf.Tensor:
        """What crosses the boundary, of a whole batch of photos as they are."""
        return self._inner(tf.constant(photos))

    def logits(self, inner: tf.Tensor | Floats) -> Floats:
        """Scores of the classes, from what crosses the boundary, of a whole batch."""
        found: Floats = self._logits(tf.convert_to_tensor(inner)).numpy()
        return found

    def seen(self, photos: Pixels, step: int) -> Pixels:
        """Photos as a step would see them, varied at random."""
        images = self._varied(tf.constant(photos), tf.constant(step, tf.int64))
        shown: Pixels = np.rint(255 * np.asarray(images)).astype(np.uint8)
        return shown

    # -- learning ------------------------------------------------------------------------------

    def learn(
        self, batch: Pixels | Floats, labels: Labels, weights: Floats, step: int, rate: float
    ) -> tuple[float, float]:
        """One step down the gradient.

        Args:
            batch: Photos ``(batch, size, size, 3)`` as uint8; or as float32 what crosses the
                boundary, where photos are not varied.
            labels: Number of each photo's class.
            weights: 1 for each photo, and 0 for what only fills the batch up.
            step: Its number, which decides how photos are varied.
            rate: Learning rate.

        Returns:
            Mean cross-entropy in nats and share that was told right, before the step.
        """
        learn = self._learn_photos if batch.dtype == np.uint8 else self._learn_inner
        figures = learn(
            tf.convert_to_tensor(batch),
            tf.constant(labels),
            tf.constant(weights),
            tf.constant(step, tf.int64),
            tf.constant(rate, tf.float32),
        ).numpy()
        return float(figures[0]), float(figures[1])

    # -- what it has learned -------------------------------------------------------------------

    def read(self) -> Values:
        """Copies of all that learning changes: weights first, then what the optimizer remembers."""
        return [variable.value.numpy() for variable in self._variables]

    def write(self, values: Sequence[npt.NDArray[Any]]) -> None:
        """Set all of them; the counterpart of ``read``."""
        for variable, value in zip(self._variables, values, strict=True):
            variable.assign(value)

    def changed(self, before: Trained) -> dict[int, Floats]:
        """The network's weights that differ from the pretrained ones, by their place."""
        now = zip(self._places, self._learning, strict=False)
        return {**before.backbone, **{place: weight.value.numpy() for place, weight in now}}

    def dense(self) -> list[Dense]:
        """The head's layers as they are now."""
        return [Dense(kernel.value.numpy(), bias.value.numpy()) for kernel, bias in self._head]

    @property
    def _variables(self) -> list[Any]:
        return [*self._learning, *self._optimizer.variables]

    # -- the graphs ----------------------------------------------------------------------------

    def _compile(self) -> None:
        size, batch = self.size, self._batch
        photos = tf.TensorSpec((batch, size, size, 3), tf.uint8)
        inner = tf.TensorSpec((batch, *self.inner_shape), tf.float32)
        others = [
            tf.TensorSpec((batch,), tf.int32),
            tf.TensorSpec((batch,), tf.float32),
            tf.TensorSpec((), tf.int64),
            tf.TensorSpec((), tf.float32),
        ]
        self._inner = tf.function(
            lambda seen: self._frozen(tf.cast(seen, tf.float32) / 255.0), input_signature=[photos]
        )
        self._logits = tf.function(self._scores, input_signature=[inner])
        self._varied = tf.function(
            self._vary, input_signature=[photos, tf.TensorSpec((), tf.int64)]
        )
        self._learn_photos = tf.function(self._step_photos, input_signature=[photos, *others])
        self._learn_inner = tf.function(self._step, input_signature=[inner, *others])

    def _vary(self, photos: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        asked, images = self._settings, tf.cast(photos, tf.float32) / 255.0
        if not asked.augments:
            return images
        return augmented(
            images,
            tf.constant(asked.seed, tf.int64),
            step,
            flip=asked.flip,
            crop=asked.crop,
            rotation=asked.rotation,
            colour=asked.colour,
        )

    def _frozen(self, images: tf.Tensor) -> tf.Tensor:
        values = preprocess(images, self.backbone.network.preprocessing)
        return values if self._lower is None else self._lower(values, training=False)

    def _scores(self, inner: tf.Tensor) -> tf.Tensor:
        values = inner if self._upper is None else self._upper(inner, training=False)
        for kernel, bias in self._head[:-1]:
            values = tf.nn.relu(values @ tf.convert_to_tensor(kernel) + tf.convert_to_tensor(bias))
        kernel, bias = self._head[-1]
        return values @ tf.convert_to_tensor(kernel) + tf.convert_to_tensor(bias)

    def _step_photos(
        self,
        photos: tf.Tensor,
        labels: tf.Tensor,
        weights: tf.Tensor,
        step: tf.Tensor,
        rate: tf.Tensor,
    ) -> tf.Tensor:
        return self._step(self._frozen(self._vary(photos, step)), labels, weights, step, rate)

    def _step(
        self,
        inner: tf.Tensor,
        labels: tf.Tensor,
        weights: tf.Tensor,
        step: tf.Tensor,
        rate: tf.Tensor,
    ) -> tf.Tensor:
        del step
        watched = [variable.value for variable in self._learning]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(watched)
            scores = self._scores(inner)
            each = tf.nn.softmax_cross_entropy_with_logits(self._wanted(labels), scores)
            loss = tf.reduce_sum(weights * each) / tf.reduce_sum(weights)
        gradients = tape.gradient(loss, watched)
        self._optimizer.learning_rate.assign(rate)
        if self._settings.weight_decay:
            for variable in watched:
                if len(variable.shape) > 1:
                    # Apart from the gradient (Loshchilov and Hutter, "Decoupled Weight Decay
                    # Regularization", 2019); not of biases and of batch norm.
                    variable.assign_sub(rate * self._settings.weight_decay * variable)
        self._optimizer.apply(gradients)
        guesses = tf.argmax(scores, axis=1, output_type=tf.int32)
        right = tf.cast(guesses == labels, tf.float32)
        told = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores)
        return tf.stack([tf.reduce_sum(weights * one) for one in (told, right)]) / tf.reduce_sum(
            weights
        )

    def _wanted(self, labels: tf.Tensor) -> tf.Tensor:
        """What the head shall say: nearly sure of the class, and a little of all others.

        Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016, section
        7: a head that may be entirely sure soon is, of photos that it has learned by heart.
        """
        count = int(self._head[-1][1].shape[0])
        spread = self._settings.smoothing / count
        return spread + (1.0 - self._settings.smoothing) * tf.one_hot(labels, count)


def _below(head: Trained) -> Backbone:
    """The network that a head was trained on, unfolded, as the head knows it."""
    about = head.about
    backbone = load(
        about.network,
        "pretrained" if about.weights_seed is None else "untrained",
        about.size,
        fast=False,
        seed=about.weights_seed or 0,
    )
    if backbone.weights_digest != about.weights_digest:
        raise UserError(
            f"other weights of {backbone.network.title} than those that {about.title} was "
            "trained on",
            "the same",
            "train it again",
        )
    for place, values in head.backbone.items():
        backbone.model.weights[place].assign(values)
    return backbone


def _fresh(head: Trained, seed: int) -> list[Dense]:
    """Layers of the same sizes that know nothing (Glorot and Bengio 2010)."""
    draw = np.random.default_rng([seed, 1])
    layers = []
    for layer in head.layers:
        reach = np.sqrt(6 / sum(layer.kernel.shape))
        kernel = draw.uniform(-reach, reach, layer.kernel.shape).astype(np.float32)
        layers.append(Dense(kernel, np.zeros_like(layer.bias)))
    return layers
