"""Our side of the attacks; first it saves the network for the peers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from benchmarks.peers.answering import answer
from benchmarks.peers.attacking import Order, Table
from tfcore.attacks.attack import IMAGE, Attack
from tfcore.attacks.budget import on_grid
from tfcore.attacks.carlini_wagner import CarliniWagner
from tfcore.attacks.deepfool import DeepFool
from tfcore.attacks.fgsm import Fgsm
from tfcore.attacks.pgd import Pgd
from tfcore.attacks.program import Aim, Program
from tfcore.backbones.backbone import Backbone
from tfcore.backbones.loading import load
from tfcore.backbones.preprocessing import MODES

BATCH = 32
"""How often the task ``pgd-32`` has the first photo."""


class Side:
    """Attacks on one form of the network.

    Args:
        backbone: Folded as we use it, or unfolded as the peers have it.
        on_grid: Whether the attacks that search for a small change look at the rounded picture, as
            ours do by default; the papers' do not.
    """

    def __init__(self, backbone: Backbone, *, on_grid: bool = False) -> None:
        self._backbone, self._on_grid = backbone, on_grid
        self._programs: dict[object, Program] = {}

    def pgd(self, order: Order, steps: int) -> Any:
        """Towards the target, from the photo itself."""
        program = self._program("linf", lambda: Pgd(random_start=False), "pgd")
        return self._run(program, order, steps, targeted=True)

    def fgsm(self, order: Order, _: int) -> Any:
        """Away from what it shows."""
        return self._run(self._program("linf", Fgsm, "fgsm"), order, 1, targeted=False)

    def carlini_wagner(self, order: Order, steps: int) -> Any:
        """Towards the target, with all steps of all rounds."""
        numbers = {
            "learning_rate": order.learning_rate,
            "first_constant": order.first_constant,
            "on_grid": self._on_grid,
        }
        program = self._program(
            "l2",
            lambda: CarliniWagner(steps, order.rounds, **numbers),  # type: ignore[arg-type]
            ("cw", steps, order.rounds, *numbers.values()),
        )
        return self._run(program, order, steps * order.rounds, targeted=True)

    def deepfool(self, order: Order, steps: int) -> Any:
        """Away from what it shows, until all have left it."""
        rivals, overshoot = order.candidates - 1, order.overshoot
        program = self._program(
            "l2",
            lambda: DeepFool(rivals, overshoot, on_grid=self._on_grid),
            ("deepfool", rivals, overshoot),
        )
        return self._run(program, order, steps, targeted=False, until_fooled=True)

    def _program(self, norm: str, make: Callable[[], Attack], key: object) -> Program:
        if key not in self._programs:
            self._programs[key] = Program(make(), [self._backbone], norm)
        return self._programs[key]

    def _run(
        self,
        program: Program,
        order: Order,
        steps: int,
        *,
        targeted: bool,
        until_fooled: bool = False,
    ) -> Any:
        classes, count = np.eye(1000, dtype=np.float32), len(order.photos)
        labels = classes[order.wanted if targeted else order.truth]
        signs = np.full(count, 1.0 if targeted else -1.0, np.float32)
        aim = Aim(order.photos, labels, classes[order.truth], signs)
        knobs = {
            "epsilon": np.full(count, 255 * order.epsilon, np.float32),
            "step_size": np.full(count, 255 * order.step_size, np.float32),
            "tv_weight": np.zeros(count, np.float32),
        }
        state = program.start(aim, knobs)
        for step in range(steps):
            state, _ = program.step(aim, knobs, step, state)
            if until_fooled and program.is_fooled(aim, self._shown(state[IMAGE])).all():
                break
        attack: Attack = program.attack
        return self._shown(attack.final(state))

    def _shown(self, images: Any) -> Any:
        return np.array(on_grid(images) if self._on_grid else images)


def _from_colours(backbone: Backbone) -> keras.Model:
    """The network with its preprocessing inside, so that all compute the same from a picture."""
    inputs = keras.Input((backbone.size, backbone.size, 3))
    mode = MODES[backbone.network.preprocessing]
    scaled = keras.layers.Rescaling(mode.scale[0], mode.offset[0])(inputs)
    return keras.Model(inputs, backbone.model(scaled, training=False))


if __name__ == "__main__":
    saved, name = sys.argv[1:3]
    unfolded = load(name, fast=False)
    _from_colours(unfolded).save(saved)
    fast, plain, gridded = Side(load(name)), Side(unfolded), Side(unfolded, on_grid=True)
    table = Table("ours", saved)
    answer(
        {
            "pgd": table.task("pgd", fast.pgd),
            "pgd-32": table.task(
                "pgd-32", lambda order, steps: fast.pgd(order.only([0] * BATCH), steps)
            ),
            "pgd-plain": table.task("pgd-plain", plain.pgd),
            "fgsm-plain": table.task("fgsm-plain", plain.fgsm),
            "cw-plain": table.task("cw-plain", plain.carlini_wagner),
            "deepfool-plain": table.task("deepfool-plain", plain.deepfool),
            "cw-grid": table.task("cw-grid", gridded.carlini_wagner),
            "deepfool-grid": table.task("deepfool-grid", gridded.deepfool),
        }
    )
