"""Linear networks: of them the best change is known in closed form."""

import numpy as np
import tensorflow as tf

from tfcore.attacks.program import Aim, Program

SIDE, CLASSES = 6, 4
VALUES = SIDE * SIDE * 3


class Linear:
    """Logits that are linear in the picture; seeded."""

    def __init__(self, seed=0, classes=CLASSES, size=SIDE):
        self.size = size
        draw = np.random.default_rng(seed)
        self.weights = draw.normal(size=(size * size * 3, classes)).astype(np.float32)
        self.bias = draw.normal(size=classes).astype(np.float32)

    def logits(self, images):
        return tf.reshape(images, [tf.shape(images)[0], -1]) @ self.weights + self.bias

    def raw_logits(self, values):
        return 2.0 * self.logits(values)

    def way(self, towards, away):
        """Gradient of one score minus another, in the shape of a picture."""
        change = self.weights[:, towards] - self.weights[:, away]
        return change.reshape(self.size, self.size, 3)


def photos(count=1, seed=1, low=100, high=156):
    """8-bit photos in the middle of the range, so that no value is cut off."""
    draw = np.random.default_rng(seed)
    return draw.integers(low, high, (count, SIDE, SIDE, 3)).astype(np.float32) / 255


def aim(victims, images, labels, *, targeted=True, seed=0):
    """What is attacked; ``labels`` is a class for each image."""
    classes = victims[0].weights.shape[1]
    signs = np.full(len(images), 1 if targeted else -1, np.float32)
    return Aim(images, np.eye(classes, dtype=np.float32)[np.asarray(labels)], signs, seed)


def knobs(count, **given):
    whole = {"epsilon": 2.0, "step_size": 0.5, "tv_weight": 0.0} | given
    return {name: np.full(count, value, np.float32) for name, value in whole.items()}


def run(attack, victims, images, labels, steps, *, norm="linf", targeted=True, seed=0, **given):
    """Images after some steps, and the figures of each."""
    program = Program(attack, victims, norm)
    goal, values = (
        aim(victims, images, labels, targeted=targeted, seed=seed),
        knobs(len(images), **given),
    )
    state, rows = program.start(goal, values), []
    for step in range(steps):
        state, row = program.step(goal, values, step, state)
        rows.append(row)
    return attack.final(state).numpy(), np.array(rows)
