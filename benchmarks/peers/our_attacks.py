"""Our side of the attacks; first it saves the network and the photo for the peers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmarks.peers import attacking
from benchmarks.peers.answering import answer
from tfcore import images, samples
from tfcore.attacks.attack import Attack
from tfcore.attacks.fgsm import Fgsm
from tfcore.attacks.pgd import Pgd
from tfcore.attacks.program import Aim, Program
from tfcore.backbones.backbone import Backbone
from tfcore.backbones.loading import load
from tfcore.backbones.preprocessing import MODES

NETWORK = "efficientnet-lite0"


class Side:
    """Attacks on one form of the network.

    Args:
        backbone: Folded as we use it, or unfolded as the peers have it.
        photo: RGB float32 in [0, 1], shape ``(1, size, size, 3)``.
    """

    def __init__(self, backbone: Backbone, photo: Any) -> None:
        self._pgd = Program(Pgd(random_start=False), [backbone], "linf")
        self._fgsm = Program(Fgsm(), [backbone], "linf")
        self._photo = photo

    def pgd(self, steps: int, batch: int = 1) -> Any:
        """Towards the target, from the photo itself."""
        return self._run(self._pgd, attacking.TARGET, 1.0, steps, batch)

    def fgsm(self, _: int) -> Any:
        """Away from what it shows."""
        return self._run(self._fgsm, attacking.SOURCE, -1.0, 1, 1)

    def _run(self, program: Program, label: int, sign: float, steps: int, batch: int) -> Any:
        classes = np.eye(1000, dtype=np.float32)[[label] * batch]
        signs = np.full(batch, sign, np.float32)
        aim = Aim(np.repeat(self._photo, batch, axis=0), classes, classes, signs)
        knobs = {
            "epsilon": np.full(batch, 255 * attacking.EPSILON, np.float32),
            "step_size": np.full(batch, 255 * attacking.STEP_SIZE, np.float32),
            "tv_weight": np.zeros(batch, np.float32),
        }
        attack: Attack = program.attack
        state = program.start(aim, knobs)
        for step in range(steps):
            state, _ = program.step(aim, knobs, step, state)
        return attack.final(state)


def _from_colours(backbone: Backbone) -> keras.Model:
    """The network with its preprocessing inside, so that all compute the same from a picture."""
    inputs = keras.Input((backbone.size, backbone.size, 3))
    mode = MODES[backbone.network.preprocessing]
    scaled = keras.layers.Rescaling(mode.scale[0], mode.offset[0])(inputs)
    return keras.Model(inputs, backbone.model(scaled, training=False))


if __name__ == "__main__":
    unfolded = load(NETWORK, fast=False)
    _from_colours(unfolded).save(sys.argv[1])
    dog = images.decode(samples.get("bull mastiff").read())
    photo = images.to_float(images.fit_square(dog, unfolded.size))[None]
    np.save(Path(sys.argv[1]).with_name("photo.npy"), photo)
    fast, plain = Side(load(NETWORK), photo), Side(unfolded, photo)
    table = attacking.Table("ours", sys.argv[1])
    answer(
        {
            "pgd": table.task("pgd", fast.pgd),
            "pgd-32": table.task("pgd-32", lambda steps: fast.pgd(steps, 32)),
            "pgd-plain": table.task("pgd-plain", plain.pgd),
            "fgsm-plain": table.task("fgsm-plain", plain.fgsm),
        }
    )
