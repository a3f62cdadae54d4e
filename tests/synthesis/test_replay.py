"""The real network: recognised pictures, and the same picture again, bit for bit."""

import subprocess
import sys

import pytest

from tests.synthesis import replaying
from tests.synthesis.conftest import STILL
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.procedure import Synthesis

STEPS, STEER_AT, SAVE_AT = 8, 5, 3


def test_fresh_processes_end_bit_for_bit_alike_also_when_resumed(tmp_path):
    for recipe in replaying.RECIPES:
        state = replaying.run(recipe, SAVE_AT, STEER_AT).state()
        (tmp_path / recipe).write_bytes(state)
    command = [sys.executable, "-m", "tests.synthesis.replaying", str(STEPS), str(STEER_AT)]
    fresh = [
        subprocess.Popen([*command, *more], stdout=subprocess.PIPE, text=True)
        for more in ([], [str(tmp_path)])
    ]
    here = [
        replaying.ending(replaying.run(recipe, STEPS, STEER_AT)) for recipe in replaying.RECIPES
    ]
    told = [process.communicate()[0].splitlines() for process in fresh]
    assert [process.returncode for process in fresh] == [0, 0]
    assert told == [here, here]


@pytest.mark.parametrize("target", ["Siamese cat", "zebra"])
def test_the_class_is_recognised_in_the_png(target):
    changes = {"parametrization": "pixels", "objective": "cross-entropy", "learning_rate": 0.02}
    run = Synthesis(SynthesizeSettings.model_validate({"target": target, **changes, **STILL}))
    for _ in range(20):
        run.step()
    summary = run.result().summary
    assert summary["top5"][0]["name"] == target
    assert summary["probability_png"] > 0.9
    assert summary["folded"]


def test_a_few_natural_steps_show_more_of_the_target():
    run = Synthesis(SynthesizeSettings(target="zebra"))
    rows = [run.step() for _ in range(40)]
    first, last = (sum(row["combined"] for row in part) for part in (rows[:5], rows[-5:]))
    assert last < first - 10
