"""A fresh process that grows an image on the real network and tells how it ended.

Usage: ``python -m tests.synthesis.replaying RECIPE STEPS STEER_AT [STATE_FILE]``. With a state file
the run goes on from there. Writes the digests of the variables and of the picture.
"""

import hashlib
import sys
from pathlib import Path

from tfcore import images
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.procedure import Synthesis

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
    recipe, steps, steer_at, *state_file = sys.argv[1:]
    state = Path(state_file[0]).read_bytes() if state_file else None
    sys.stdout.write(ending(run(recipe, int(steps), int(steer_at), state)) + "\n")
