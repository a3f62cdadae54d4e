"""Running an attack from its start to its end."""

import numpy as np

from tfcore.attacks.program import Aim, Program


def aim(victims, images, labels, *, targeted=True, seed=0):
    """What is attacked; ``labels`` is a class for each image."""
    classes = victims[0].logits(images[:1]).shape[1]
    signs = np.full(len(images), 1 if targeted else -1, np.float32)
    wanted = np.eye(classes, dtype=np.float32)[np.asarray(labels)]
    return Aim(images, wanted, wanted, signs, seed)


def knobs(count, **given):
    whole = {"epsilon": 2.0, "step_size": 0.5, "tv_weight": 0.0} | given
    return {name: np.full(count, value, np.float32) for name, value in whole.items()}


def run(attack, victims, images, labels, steps, *, norm="linf", targeted=True, seed=0, **given):
    """Images after some steps, and the figures of each."""
    program = Program(attack, victims, norm)
    goal = aim(victims, images, labels, targeted=targeted, seed=seed)
    values = knobs(len(images), **given)
    state, rows = program.start(goal, values), []
    for step in range(steps):
        state, row = program.step(goal, values, step, state)
        rows.append(row)
    return attack.final(state).numpy(), np.array(rows)
