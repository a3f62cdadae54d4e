"""Training a head: a whole epoch is one compiled graph over features that lie in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore.head_file import Dense
from tfcore.heads.descent import Descent
from tfcore.heads.layers import Dropout, Layers, folded
from tfcore.heads.pace import factor
from tfcore.heads.scaling import fitted, scaled
from tfcore.procedures import randomness
from tfcore.procedures.saving import Arrays
from tfcore.settings import TrainSettings

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]

AVERAGED = 0.98
"""How much of the running average of the weights each step leaves as it was."""


@dataclass(frozen=True)
class Samples:
    """Features and classes of the photos of one side.

    Attributes:
        values: ``(n, dim)``, as the network gives them.
        labels: Number of each photo's class, ``(n,)``.
    """

    values: Floats
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass
class Best:
    """The epoch with the lowest validation loss.

    Attributes:
        epoch: Its number, 0 while there is none.
        figures: What was measured at its end.
        trained, running: Values of the layers' variables.
    """

    epoch: int
    figures: dict[str, float]
    trained: list[Floats]
    running: list[Floats]


class Trainer:
    """One head that learns.

    An epoch goes through all photos once, in an order that seed and epoch decide (see
    ``procedures.randomness``), so that a resumed run ends with the same bits as one left alone.
    Batches differ in size by at most one photo.

    Args:
        settings: How it learns; a what-if run has a trainer for each of its cells.
        train: What it learns from.
        validation: What decides which epoch is kept; nothing is learned from it.
        classes: How many there are.

    Raises:
        UserError: The features are all the same, or no numbers.

    Example:
        >>> trainer = Trainer(settings, train, validation, 2)       # doctest: +SKIP
        >>> trainer.epoch()["val_accuracy"]                         # doctest: +SKIP
        0.975
    """

    def __init__(
        self, settings: TrainSettings, train: Samples, validation: Samples, classes: int
    ) -> None:
        self.settings = settings
        self.number = 0
        self._shift, self._scale = fitted(train.values, settings.scaling)
        sizes = (train.values.shape[1], *settings.units, classes)
        self.layers = Layers(
            sizes, settings.initializer, batch_norm=settings.batch_norm, seed=settings.seed
        )
        self._averages = [tf.Variable(one) for one in self.layers.trained]
        self.knobs = {
            name: float(getattr(settings, name))
            for name in ("learning_rate", "dropout", "weight_decay")
        }
        self._descent = Descent(settings.optimizer, self.layers.trained)
        self._train, self._validation = self._tensors(train), self._tensors(validation)
        self._weights = tf.constant(_class_weights(train.labels, classes, settings))
        self._epoch = tf.function(self._whole_epoch, autograph=False)
        self.best = Best(
            0, {}, self._values(self.layers.trained), self._values(self.layers.running)
        )

    @property
    def is_done(self) -> bool:
        """Whether all epochs are done, or none of late was better than the best."""
        patience = self.settings.patience
        is_patient = not patience or self.number - self.best.epoch < patience
        return self.number >= self.settings.steps or not is_patient

    @property
    def parameters(self) -> int:
        """Numbers that are learned."""
        return sum(math.prod(variable.shape) for variable in self.layers.trained)

    def steer(self, changes: dict[str, float]) -> None:
        """Change learning rate, dropout or weight decay from the next epoch on."""
        self.knobs |= {name: value for name, value in changes.items() if name in self.knobs}

    def epoch(self) -> dict[str, float]:
        """Go through all photos once.

        Returns:
            Loss and accuracy while it learned, with what was blanked; the same on the validation
            side at the end of the epoch; and the learning rate of this epoch.
        """
        rate = self.knobs["learning_rate"] * factor(self.settings, self.number)
        knobs = (self.knobs["dropout"], rate, rate * self.knobs["weight_decay"])
        figures = self._epoch(
            tf.constant(self.number, tf.int64),
            *(tf.constant(knob, tf.float32) for knob in knobs),
            is_dropping=self.knobs["dropout"] > 0,
        ).numpy()
        self.number += 1
        names = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
        found = {name: float(value) for name, value in zip(names, figures, strict=True)}
        found["learning_rate"] = rate
        if math.isfinite(found["val_loss"]) and math.isfinite(found["train_loss"]):
            lowest = self.best.figures.get("val_loss", math.inf)
            if found["val_loss"] < lowest:
                kept, running = self._judged, self.layers.running
                self.best = Best(self.number, found, self._values(kept), self._values(running))
        return found

    def head(self) -> list[Dense]:
        """The best epoch's head as plain layers on unscaled features."""
        return folded(self.best.trained, self.best.running, self._shift, self._scale)

    def logits(self, values: Floats) -> Floats:
        """What the best epoch's head says, computed by its own layers: to check ``head`` by."""
        now, running = self._values(self.layers.trained), self._values(self.layers.running)
        self._put(self.layers.trained, self.best.trained)
        self._put(self.layers.running, self.best.running)
        inputs = tf.constant(scaled(values, self._shift, self._scale))
        said: Floats = self.layers.logits(inputs, self.layers.trained).numpy()
        self._put(self.layers.trained, now)
        self._put(self.layers.running, running)
        return said

    # -- saved and resumed -----------------------------------------------------------------------

    def arrays(self) -> Arrays:
        """Everything that the next epoch depends on, and the best one."""
        figures = [self.best.figures.get(name, math.nan) for name in _FIGURES]
        numbers = [self.number, self.best.epoch, *self.knobs.values(), *figures]
        found: Arrays = {"numbers": np.array(numbers, np.float64)}
        for index, variable in enumerate(self._variables):
            found[f"now/{index}"] = np.asarray(variable)
        for index, array in enumerate([*self.best.trained, *self.best.running]):
            found[f"best/{index}"] = array
        return found

    def take(self, arrays: Arrays) -> None:
        """Go on from what ``arrays`` gave."""
        number, best, *rest = arrays["numbers"].tolist()
        self.number = int(number)
        self.knobs = dict(zip(self.knobs, rest, strict=False))
        figures = dict(zip(_FIGURES, rest[len(self.knobs) :], strict=True)) if best else {}
        self._put(self._variables, [arrays[f"now/{i}"] for i in range(len(self._variables))])
        kept = [arrays[f"best/{i}"] for i in range(len(self.best.trained + self.best.running))]
        split = len(self.best.trained)
        self.best = Best(int(best), figures, kept[:split], kept[split:])

    @property
    def _variables(self) -> list[tf.Variable]:
        return [
            *self.layers.trained,
            *self.layers.running,
            *self._averages,
            *self._descent.variables,
        ]

    @property
    def _judged(self) -> list[tf.Variable]:
        return self._averages if self.settings.averaging else self.layers.trained

    @staticmethod
    def _values(variables: Sequence[tf.Variable]) -> list[Floats]:
        return [np.array(variable) for variable in variables]

    @staticmethod
    def _put(variables: Sequence[tf.Variable], values: Sequence[npt.NDArray[np.generic]]) -> None:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    # -- the compiled epoch ----------------------------------------------------------------------

    def _tensors(self, samples: Samples) -> tuple[tf.Tensor, tf.Tensor]:
        values = scaled(samples.values, self._shift, self._scale)
        return tf.experimental.dlpack.from_dlpack(values.__dlpack__()), tf.constant(samples.labels)

    def _whole_epoch(
        self, number: tf.Tensor, dropout: tf.Tensor, *pace: tf.Tensor, is_dropping: bool
    ) -> tf.Tensor:
        values, labels = self._train
        count = values.shape[0]
        steps = -(-count // self.settings.batch_size)
        seed = tf.constant(self.settings.seed, tf.int64)
        draw = randomness.key(seed, number, randomness.ORDER)
        chance = tf.random.stateless_uniform((count,), draw, alg="philox")
        order = tf.argsort(chance, stable=True)

        def one(step: tf.Tensor, loss: tf.Tensor, hits: tf.Tensor) -> tuple[tf.Tensor, ...]:
            rows = order[step::steps]
            blank = Dropout(dropout, seed, number * steps + step, is_dropping)
            batch = tf.gather(values, rows), tf.gather(labels, rows)
            own_loss, own_hits = self._step(*batch, blank, *pace)
            return step + 1, loss + own_loss, hits + own_hits

        # Written out, because AutoGraph would take longer to translate a "for" than it runs.
        start = (tf.constant(0, tf.int64), tf.constant(0.0), tf.constant(0.0))
        _, loss, hits = tf.while_loop(
            lambda step, *_: step < steps, one, start, parallel_iterations=1
        )
        values, labels = self._validation
        said = self.layers.logits(values, self._judged)
        every = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, said)
        return tf.stack(
            [
                loss / count,
                hits / count,
                tf.reduce_mean(every),
                _hits(said, labels) / tf.cast(tf.size(labels), tf.float32),
            ]
        )

    def _step(
        self,
        values: tf.Tensor,
        labels: tf.Tensor,
        blank: Dropout,
        rate: tf.Tensor,
        shrink: tf.Tensor,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        trained = self.layers.trained
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(trained)
            said = self.layers.logits(values, trained, blank)
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, said)
        worth = tf.gather(self._weights, labels)
        mean = worth / tf.cast(tf.size(labels), tf.float32)
        gradients = tape.gradient(each, trained, output_gradients=mean)
        if self.settings.clip_norm:
            # Pascanu et al., "On the difficulty of training recurrent neural networks", 2013.
            gradients, _ = tf.clip_by_global_norm(gradients, self.settings.clip_norm)
        for kernel in self.layers.kernels:
            # Apart from the gradient (Loshchilov and Hutter, "Decoupled Weight Decay", 2019).
            kernel.assign_sub(shrink * kernel)
        self._descent.apply(gradients, rate)
        if self.settings.averaging:
            seen = tf.cast(self._descent.steps, tf.float32)
            kept = tf.minimum(AVERAGED, seen / (seen + 1.0))  # a plain mean at first
            for average, variable in zip(self._averages, trained, strict=True):
                average.assign(kept * average + (1.0 - kept) * variable)
        return tf.reduce_sum(each * worth), _hits(said, labels)


_FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate")


def _hits(said: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    guesses = tf.argmax(said, axis=1, output_type=labels.dtype)
    return tf.reduce_sum(tf.cast(guesses == labels, tf.float32))


def _class_weights(labels: Labels, classes: int, settings: TrainSettings) -> Floats:
    """How much a photo of each class counts: 1 on average over the photos."""
    if not settings.class_weights:
        return np.ones(classes, np.float32)
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    return (len(labels) / (np.count_nonzero(np.bincount(labels)) * counts)).astype(np.float32)
