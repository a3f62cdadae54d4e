"""The methods on a real network and real photos: success is counted on what was saved."""

import numpy as np
import pytest

from tests.attacks.running import aim, run
from tfcore import images
from tfcore.attacks.budget import NORMS, distance, quantized
from tfcore.attacks.carlini_wagner import CarliniWagner
from tfcore.attacks.deepfool import DeepFool
from tfcore.attacks.fgsm import Fgsm
from tfcore.attacks.mifgsm import MiFgsm
from tfcore.attacks.pgd import Pgd
from tfcore.attacks.program import Program
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


def attack(method, photos, labels, steps, norm="linf", epsilon=2.0, step_size=0.25, **options):
    """The saved pictures' first guesses, and how far they are from their photos."""
    crops = [crop for crop, _ in photos]
    clean = np.stack([images.to_float(crop) for crop in crops])
    knobs = {"epsilon": epsilon, "step_size": step_size}
    ended, _ = run(method, [cached(LITE0)], clean, labels, steps, norm=norm, **knobs, **options)
    radius = epsilon if method.has_budget else np.inf
    saved = [
        images.from_png(images.to_png(quantized(one, crop, NORMS[norm], radius)))
        for one, crop in zip(ended, crops, strict=True)
    ]
    sizes = [distance(one, crop, NORMS[norm]) for one, crop in zip(saved, crops, strict=True)]
    return [top5(LITE0, one)[0][0] for one in saved], sizes


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
    clean = np.stack([images.to_float(crop) for crop, _ in photos])
    victims = [cached(LITE0)]
    ended, _ = run(DeepFool(on_grid=False), victims, clean, labels, 8, norm="l2", targeted=False)
    goal = aim(victims, clean, labels, targeted=False)
    assert Program(DeepFool(on_grid=False), victims, "l2").is_fooled(goal, ended).all()
    assert NORMS["l2"].size(ended - clean).numpy().max() < 1.0
