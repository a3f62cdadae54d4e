"""A fresh process that grows an image on the real network and tells how it ended.

Usage: ``python -m tests.synthesis.replaying STEPS STEER_AT [FOLDER]``. With a folder the runs go
on from the states there, named by recipe. Writes the digests of the variables and of the picture.
"""

import hashlib
import sys
from pathlib import Path

from tfcore import images
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.procedure import Synthesis

RECIPES = ("natural", "lesson-tv")
CHANGES = {"tv_weight": 0.01, "learning_rate": 0.2}


def run(recipe: str, steps: int, steer_at: int, state: bytes | None = None) -> Synthesis:
    """Grow for ``steps`` steps in all, with a steering change before step ``steer_at``."""
    made = Synthesis(SynthesizeSettings(recipe=recipe, seed=11))
    if state is not None:
        made.restore(state)
    while made.step_number < steps:
        if made.step_number == steer_at:
            made.steer(CHANGES)
        made.step()
    return made


def ending(made: Synthesis) -> str:
    """Digests of all variables, the float image's among them, and of the saved picture."""
    picture = images.digest(made.result().image)
    return f"{hashlib.sha256(made.state()).hexdigest()} {picture}"


if __name__ == "__main__":
    steps, steer_at, *folder = sys.argv[1:]
    for recipe in RECIPES:
        state = (Path(folder[0]) / recipe).read_bytes() if folder else None
        sys.stdout.write(ending(run(recipe, int(steps), int(steer_at), state)) + "\n")
