"""The methods on a real network and real photos: success is counted on what was saved."""

import numpy as np
import pytest

from tfcore import images
from tfcore.attacks.budget import NORMS, quantized
from tfcore.attacks.carlini_wagner import CarliniWagner
from tfcore.attacks.deepfool import DeepFool
from tfcore.attacks.fgsm import Fgsm
from tfcore.attacks.mifgsm import MiFgsm
from tfcore.attacks.pgd import Pgd
from tfcore.attacks.program import Aim, Program
from tfcore.backbones.loading import cached
from tfcore.backbones.predict import top5

pytestmark = [pytest.mark.testbed, pytest.mark.timeout(300)]

LITE0 = "efficientnet-lite0"
COUNT = 3


@pytest.fixture(scope="module")
def photos(testbed):
    """The first few photos that Lite0 names rightly, as it sees them, and their classes."""
    found = []
    for path in sorted((testbed / "imagenet_samples").glob("*.JPEG")):
        crop = images.fit_square(images.decode(path.read_bytes()), cached(LITE0).size)
        found.append((crop, top5(LITE0, crop)[0][0]))
        if len(found) == COUNT:
            return found
    raise AssertionError("too few photos")


def attack(method, photos, labels, steps, norm="linf", targeted=True, **given):
    """The saved pictures, their networks' first guesses and how far they are from their photos."""
    program = Program(method, [cached(LITE0)], norm)
    crops = [crop for crop, _ in photos]
    goal = Aim(
        np.stack([images.to_float(crop) for crop in crops]),
        np.eye(1000, dtype=np.float32)[labels],
        np.full(len(crops), 1 if targeted else -1, np.float32),
    )
    whole = {"epsilon": 2.0, "step_size": 0.25, "tv_weight": 0.0} | given
    knobs = {name: np.full(len(crops), value, np.float32) for name, value in whole.items()}
    state = program.start(goal, knobs)
    for number in range(steps):
        state, _ = program.step(goal, knobs, number, state)
    radius = whole["epsilon"] if method.has_budget else np.inf
    ended = method.final(state).numpy()
    saved = [
        images.from_png(images.to_png(quantized(one, crop, NORMS[norm], radius)))
        for one, crop in zip(ended, crops, strict=True)
    ]
    return (
        [top5(LITE0, one)[0][0] for one in saved],
        [
            NORMS[norm].size((one / 255.0 - crop / 255.0)[None].astype(np.float32)).numpy()[0]
            for one, crop in zip(saved, crops, strict=True)
        ],
    )


@pytest.mark.parametrize("method", [Pgd(), MiFgsm()])
def test_a_change_of_two_levels_makes_it_any_class(photos, method):
    targets = [284, 340, 7]
    seen, sizes = attack(method, photos, targets, 40)
    assert seen == targets
    assert max(sizes) <= 2 + 1e-4


def test_one_step_is_enough_to_be_taken_for_something_else(photos):
    labels = [label for _, label in photos]
    seen, sizes = attack(Fgsm(), photos, labels, 1, targeted=False, epsilon=8.0)
    assert all(now != before for now, before in zip(seen, labels, strict=True))
    assert max(sizes) <= 8 + 1e-4


def test_carlini_and_wagner_need_less_than_pgd_and_survive_being_saved(photos):
    targets = [284, 340, 7]
    seen, sizes = attack(CarliniWagner(40, 4, first_constant=0.1), photos, targets, 160, "l2")
    _, budget = attack(Pgd(), photos, targets, 40, "l2", epsilon=1.0, step_size=0.1)
    assert seen == targets
    assert np.median(sizes) < np.median(budget)


def test_deepfool_crosses_the_nearest_boundary(photos):
    labels = [label for _, label in photos]
    method = DeepFool()
    program = Program(method, [cached(LITE0)], "l2")
    goal = Aim(
        np.stack([images.to_float(crop) for crop, _ in photos]),
        np.eye(1000, dtype=np.float32)[labels],
        np.full(len(photos), -1, np.float32),
    )
    knobs = {
        name: np.zeros(len(photos), np.float32) for name in ("epsilon", "step_size", "tv_weight")
    }
    state = program.start(goal, knobs)
    for number in range(8):
        state, _ = program.step(goal, knobs, number, state)
    ended = method.final(state).numpy()
    assert program.is_fooled(goal, ended).all()
    assert NORMS["l2"].size(ended - goal.photos).numpy().max() < 1.0
