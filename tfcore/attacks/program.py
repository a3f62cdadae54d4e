"""The compiled step of an attack: a function of what is attacked, what steers, and the state.

Nothing is a constant in it that a person can change, so that another photo, target, budget or seed
costs nothing; and it holds no variables, so that any number of runs can share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore.attacks.attack import Attack, State
from tfcore.attacks.budget import NORMS
from tfcore.attacks.scene import Scene, Victim
from tfcore.backbones.building import LOCK
from tfcore.backbones.preprocessing import resized

Floats = npt.NDArray[np.float32]

AT_ONCE = 4
"""Images of a larger batch that go through a network together. On a CPU more of them leave its
cache: on two cores of a laptop's kind 32 at once took 1.7 times as long as 8 times 4."""

KNOBS = ("epsilon", "step_size", "tv_weight")
"""What may change while an attack goes on, in the order in which the graph takes them."""


@dataclass(frozen=True)
class Aim:
    """What is attacked: photos, and what each shall be taken for, or no longer.

    Attributes:
        photos: RGB on the grid of 8 bits in [0, 1], float32, ``(batch, size, size, 3)``.
        labels: One-hot, float32, ``(batch, classes)``: what shall be seen, or be seen no more.
        sources: One-hot, float32, ``(batch, classes)``: what each photo shows.
        signs: 1 for a target, -1 for a class to be left, float32, ``(batch,)``.
        seed: Decides every draw.
    """

    photos: Floats
    labels: Floats
    sources: Floats
    signs: Floats
    seed: int = 0


class Program:
    """An attack on some networks, traced once for each batch size.

    Args:
        attack: The method.
        victims: The networks.
        norm: A key of ``budget.NORMS``.

    Example:
        >>> program = Program(Pgd(), [load("efficientnet-lite0")], "linf")  # doctest: +SKIP
        >>> state = program.start(aim, knobs)  # doctest: +SKIP
        >>> state, figures = program.step(aim, knobs, 0, state)  # doctest: +SKIP
    """

    def __init__(self, attack: Attack, victims: Sequence[Victim], norm: str) -> None:
        self.attack, self.victims, self.norm = attack, tuple(victims), NORMS[norm]
        self._start = tf.function(lambda *scene: attack.start(self._scene(*scene)))
        self._step = tf.function(lambda *rest: attack.step(self._scene(*rest[:-1]), rest[-1]))
        self._fooled = tf.function(self._judge)
        self._see = tf.function(self._seen)
        self._traced: set[int] = set()
        self._has_seen = False

    def start(self, aim: Aim, knobs: Mapping[str, Floats]) -> State:
        """The state before the first step.

        Args:
            aim: What is attacked.
            knobs: For each of ``KNOBS`` one number an image.
        """
        with LOCK:
            found: State = self._start(*_tensors(aim, knobs, 0))
        return found

    def step(
        self, aim: Aim, knobs: Mapping[str, Floats], number: int, state: State
    ) -> tuple[State, Floats]:
        """One step; its figures are those of ``attack.FIGURES``, measured before it.

        Args:
            aim: What is attacked.
            knobs: As they are now.
            number: Steps done so far.
            state: What the last step, or ``start``, returned.
        """
        batch = len(aim.photos)
        parts = []
        for part in (slice(at, at + AT_ONCE) for at in range(0, batch, AT_ONCE)):
            some = {name: values[part] for name, values in knobs.items()}
            rows = {name: value[part] for name, value in state.items()}
            parts.append(self._advance(_part(aim, part), some, number, rows))
        if len(parts) == 1:
            return parts[0]
        after = {name: tf.concat([rows[name] for rows, _ in parts], 0) for name in state}
        return after, np.concatenate([figures for _, figures in parts])

    def _advance(
        self, aim: Aim, knobs: Mapping[str, Floats], number: int, state: State
    ) -> tuple[State, Floats]:
        """One step of at most ``AT_ONCE`` images."""
        arguments = (*_tensors(aim, knobs, number), dict(state))
        batch = len(aim.photos)
        with nullcontext() if batch in self._traced else LOCK:  # the first call traces
            after, figures = self._step(*arguments)
        self._traced.add(batch)
        return after, np.array(figures)

    def is_fooled(self, aim: Aim, images: Floats) -> npt.NDArray[np.bool_]:
        """Whether the networks take each image for what they should."""
        zero = dict.fromkeys(KNOBS, np.zeros(len(aim.photos), np.float32))
        with LOCK:
            return np.array(self._fooled(tf.constant(images), *_tensors(aim, zero, 0)))

    def see(self, images: Floats) -> list[Floats]:
        """What each network sees in images, each of them judged alone.

        Args:
            images: RGB in [0, 1], shape ``(batch, size, size, 3)``.

        Returns:
            Probabilities, for each network of shape ``(batch, classes)``.
        """
        with nullcontext() if self._has_seen else LOCK:  # the first call traces
            rows = [self._see(tf.constant(image[None])) for image in images]
        self._has_seen = True
        by_network = zip(*rows, strict=True)
        return [np.concatenate([np.array(one) for one in each]) for each in by_network]

    @property
    def traces(self) -> int:
        """How often the step was traced: once for each batch size."""
        return int(self._step.experimental_get_tracing_count())

    def _seen(self, images: tf.Tensor) -> list[tf.Tensor]:
        return [
            tf.nn.softmax(victim.logits(resized(images, victim.size))) for victim in self.victims
        ]

    def _judge(self, images: tf.Tensor, *rest: tf.Tensor) -> tf.Tensor:
        scene = self._scene(*rest)
        return scene.is_fooled(scene.logits(images))

    def _scene(
        self,
        photos: tf.Tensor,
        labels: tf.Tensor,
        sources: tf.Tensor,
        signs: tf.Tensor,
        knobs: tf.Tensor,
        clock: tf.Tensor,
    ) -> Scene:
        named = dict(zip(KNOBS, tf.unstack(knobs, axis=0), strict=True))
        return Scene(
            self.victims,
            self.norm,
            photos,
            labels,
            sources,
            signs,
            named,
            seed=clock[0],
            step=clock[1],
        )


def _part(aim: Aim, part: slice) -> Aim:
    """Some images of a batch; a draw is the same for all."""
    return replace(
        aim,
        photos=aim.photos[part],
        labels=aim.labels[part],
        sources=aim.sources[part],
        signs=aim.signs[part],
    )


def _tensors(aim: Aim, knobs: Mapping[str, Floats], number: int) -> tuple[Any, ...]:
    values = np.stack([np.asarray(knobs[name], np.float32) for name in KNOBS])
    return (
        tf.constant(aim.photos),
        tf.constant(aim.labels),
        tf.constant(aim.sources),
        tf.constant(aim.signs),
        tf.constant(values),
        tf.constant([aim.seed, number], tf.int64),
    )
