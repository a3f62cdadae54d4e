"""The compiled step: one graph a configuration, in which every slider is a variable.

Tracing a network takes seconds, one step takes milliseconds. So whatever a person can change while
a picture grows, and the target and the seed as well, is a value in the graph and never a constant:
a change costs nothing and the next run of the same kind starts at once.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore.backbones.backbone import Backbone
from tfcore.backbones.building import LOCK
from tfcore.synthesis.loss import ask, view, weighted_loss
from tfcore.synthesis.objectives import Objective
from tfcore.synthesis.parametrization import PARAMETRIZATIONS

Floats = npt.NDArray[np.float32]
Arrays = dict[str, npt.NDArray[Any]]

KNOBS = (
    "loss_weight",
    "tv_weight",
    "l2_weight",
    "learning_rate",
    "scale",
    "rotation",
    "jitter",
    "noise",
)
"""The settings that are values in the graph, in the order in which the variable holds them."""

MOMENTUM = 0.9


@dataclass(frozen=True)
class Plan:
    """What decides the shape of a graph; two runs with equal plans share a program.

    Args:
        networks: Names in the catalog; the first judges the images and gives them their size,
            and the mean of all is minimised.
        size: Height and width in pixels.
        batch: Number of images that grow side by side.
        parametrization: A key of ``parametrization.PARAMETRIZATIONS``.
        objective: What is minimised.
        optimizer: "adam", "momentum" or "gradient-descent".
        moves: Whether views are zoomed, turned or shifted.
        grainy: Whether noise is added.
    """

    networks: tuple[str, ...]
    size: int
    parametrization: str
    objective: Objective
    optimizer: str
    moves: bool
    grainy: bool
    batch: int = 1


class Seat:
    """One run's place at a program: holds its variables while another run is at work there.

    Args:
        parked: Values of all variables, as ``Program.fresh`` makes them.
    """

    def __init__(self, parked: Arrays) -> None:
        self.parked: Arrays | None = parked


class Program:
    """A compiled optimisation of images: its variables, and functions that are traced once.

    Several runs may hold a program; their variables are swapped when another one takes its turn,
    so that a paused run is never touched (``seated``).

    Args:
        plan: What to compile.
        backbones: The networks that ``plan`` names, in that order.

    Attributes:
        backbone: The first of them.
        metrics: Names of the columns that ``step`` returns: total, the objective's term,
            variation and l2, each weighted as it enters the total, and for a class its
            probability.
        parametrization: The numbers behind the images.
    """

    def __init__(self, plan: Plan, backbones: Sequence[Backbone]) -> None:
        self.plan, self.backbones, self.backbone = plan, tuple(backbones), backbones[0]
        self.parametrization = PARAMETRIZATIONS[plan.parametrization](plan.size)
        self.metrics: tuple[str, ...] = ("total", plan.objective.term, "variation", "l2")
        if plan.objective.has_probability:
            self.metrics += ("probability",)
        self._turn = threading.RLock()
        self._occupant: weakref.ref[Seat] | None = None
        with LOCK:
            self._make_variables()
            self._step = tf.function(self._step_graph)
            self._image = tf.function(lambda: self.parametrization.image(self._value))
            images = [tf.TensorSpec((plan.batch, plan.size, plan.size, 3), tf.float32)]
            self._predict = tf.function(self._predict_graph, input_signature=images)
            self._judge = self._predict
            if self.parametrization.raw:
                self._judge = tf.function(self._judge_raw_graph, input_signature=images)
            for function in (self._step, self._image, self._judge):
                function.get_concrete_function()

    def _make_variables(self) -> None:
        start = self.parametrization.initial("gray", 0, None)
        self._value = tf.Variable(np.repeat(start, self.plan.batch, axis=0), name="value")
        batch, width = self.plan.batch, self.plan.objective.width(self.backbone)
        self._knobs = tf.Variable(tf.zeros((batch, len(KNOBS))), name="knobs")
        self._targets = tf.Variable(tf.zeros((batch, width)), name="targets")
        self._clock = tf.Variable(tf.zeros(2, tf.int64), name="seed_and_step")
        self._optimizer = _optimizer(self.plan.optimizer, self._learning_rates)
        self._optimizer.build([self._value])
        self._variables = {
            "value": self._value,
            "knobs": self._knobs,
            "targets": self._targets,
            "seed_and_step": self._clock,
        }
        slots = [v for v in self._optimizer.variables if v is not self._value]
        self._variables |= {f"optimizer-{i}": slot for i, slot in enumerate(slots)}
        self._blank = self.read()

    def _learning_rates(self) -> tf.Tensor:
        """One for each image, in a shape that multiplies its part of the variable."""
        rates = self._knobs[:, KNOBS.index("learning_rate")]
        return tf.reshape(rates, [-1] + [1] * (self._value.shape.rank - 1))

    def _step_graph(self) -> tf.Tensor:
        knobs = dict(zip(KNOBS, tf.unstack(self._knobs, axis=1), strict=True))
        plan, raw = self.plan, self.parametrization.raw
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self._value)
            image = self.parametrization.image(self._value)
            seen = view(image, self._clock, knobs, moves=plan.moves, grainy=plan.grainy)
            verdict = ask(self.backbones, plan.objective, seen, self._targets, raw)
            loss = weighted_loss(image, verdict, self.parametrization, knobs)
        # The derivative of the sum: images of one batch do not touch each other's losses.
        gradient = tape.gradient(loss.total, self._value)
        self._optimizer.apply([gradient], [self._value])
        moved = self._value.read_value()
        after = self.parametrization.project(moved)
        if after is not moved:
            self._value.assign(after)
        self._clock.assign_add([0, 1])
        # A step that leaves numbers no picture can have must not look like a good one.
        sums = tf.reduce_sum(after, axis=list(range(1, after.shape.rank)))
        total = tf.where(tf.math.is_finite(sums), loss.total, float("nan"))
        columns = [total, *loss.terms]
        if loss.probability is not None:
            columns.append(loss.probability)
        return tf.stack(columns, axis=1)

    def _predict_graph(self, images: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(self.backbone.logits(images))

    def _judge_raw_graph(self, values: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(self.backbone.raw_logits(values))

    def fresh(
        self, value: Floats, knobs: Sequence[Mapping[str, float]], targets: Floats, seed: int
    ) -> Arrays:
        """All variables before the first step.

        Args:
            value: The parametrization's variable, shape ``(batch, ...)``.
            knobs: For each image a value for each of ``KNOBS``.
            targets: Weight of each class or channel for each image, shape ``(batch, width)``.
            seed: Decides every random draw.
        """
        return {
            **{name: array.copy() for name, array in self._blank.items()},
            "value": np.asarray(value, np.float32),
            "knobs": np.array([[one[name] for name in KNOBS] for one in knobs], np.float32),
            "targets": np.asarray(targets, np.float32),
            "seed_and_step": np.array([seed, 0], np.int64),
        }

    @contextmanager
    def seated(self, seat: Seat) -> Iterator[None]:
        """Put a run's variables in place; whoever was there before keeps theirs."""
        with self._turn:
            before = self._occupant() if self._occupant else None
            if before is not seat:
                if before is not None:
                    before.parked = self.read()
                self._occupant = weakref.ref(seat)
                if seat.parked is not None:
                    self.write(seat.parked)
                    seat.parked = None
            yield

    def step(self) -> Floats:
        """Do one step.

        Returns:
            The figures before the change, shape ``(batch, len(metrics))``; the total is not a
            number if the change left numbers that are none.
        """
        return np.array(self._step())

    def set_knob(self, name: str, value: float) -> None:
        """Change one of ``KNOBS`` for all images from the next step on."""
        knobs = self._knobs.numpy()
        knobs[:, KNOBS.index(name)] = value
        self._knobs.assign(knobs)

    def image(self) -> Floats:
        """The images as they are now, shape ``(batch, size, size, 3)``."""
        return np.array(self._image())

    def judge(self, images: Floats) -> Floats:
        """Class probabilities of the optimised images, shape ``(batch, classes)``.

        Args:
            images: RGB in [0, 1], or the raw parametrization's own values.
        """
        return np.array(self._judge(tf.constant(images)))

    def predict(self, images: Floats) -> Floats:
        """Class probabilities of RGB images in [0, 1], through the network's preprocessing."""
        with LOCK:  # The first call after a raw run traces.
            return np.array(self._predict(tf.constant(images)))

    def activation(self, images: Floats, raw: bool) -> Floats:
        """Mean activation of each image's target channel, shape ``(batch,)``."""
        with LOCK:
            verdict = self.plan.objective(self.backbone, tf.constant(images), self._targets, raw)
        return -np.array(verdict.loss)

    def read(self) -> Arrays:
        """Copies of all variables by name."""
        return {name: np.array(variable.numpy()) for name, variable in self._variables.items()}

    def write(self, arrays: Arrays) -> None:
        """Set all variables; the counterpart of ``read``."""
        for name, variable in self._variables.items():
            variable.assign(arrays[name])

    @property
    def traces(self) -> int:
        """How often the step was traced: 1, whatever was changed."""
        return int(self._step.experimental_get_tracing_count())


def _optimizer(name: str, learning_rate: Any) -> keras.optimizers.Optimizer:
    if name == "adam":
        return keras.optimizers.Adam(learning_rate)
    return keras.optimizers.SGD(learning_rate, momentum=MOMENTUM if name == "momentum" else 0.0)
