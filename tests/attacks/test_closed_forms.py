"""On a linear network the best change is known; every method has to find it."""

import numpy as np
import pytest

from tests.attacks.linear import CLASSES, SIDE, VALUES, Linear, photos
from tests.attacks.running import run
from tfcore.attacks.budget import NORMS
from tfcore.attacks.carlini_wagner import CarliniWagner
from tfcore.attacks.deepfool import DeepFool
from tfcore.attacks.fgsm import Fgsm
from tfcore.attacks.lesson import Lesson
from tfcore.attacks.mifgsm import MiFgsm
from tfcore.attacks.pgd import Pgd

TWO = Linear(seed=3, classes=2)
FOUR = Linear(seed=5)
EPSILON = 2.0


def best_change(norm):
    """What raises class 1 over class 0 the most, with the whole budget."""
    way = TWO.way(1, 0)
    if norm == "linf":
        return EPSILON / 255 * np.sign(way)
    return EPSILON / 255 * np.sqrt(VALUES) * way / np.linalg.norm(way)


METHODS = {
    "fgsm": (Fgsm(), 1),
    "pgd": (Pgd(), 40),
    "pgd from the photo": (Pgd(random_start=False), 40),
    "mifgsm": (MiFgsm(), 40),
}


@pytest.mark.parametrize("targeted", [True, False])
@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("method", METHODS)
def test_the_gradient_family_ends_at_the_best_change(method, norm, targeted):
    attack, steps = METHODS[method]
    images = photos(3)
    labels = [1 if targeted else 0] * 3
    ended, _ = run(attack, [TWO], images, labels, steps, norm=norm, targeted=targeted)
    np.testing.assert_allclose(
        ended - images, np.broadcast_to(best_change(norm), ended.shape), atol=2e-5
    )


def test_where_the_range_ends_the_change_does():
    images = np.zeros((1, SIDE, SIDE, 3), np.float32)
    ended, _ = run(Pgd(), [TWO], images, [1], 20)
    np.testing.assert_allclose(ended[0], np.maximum(best_change("linf"), 0), atol=1e-6)


def margin(victim, image, label):
    scores = victim.logits(image[None]).numpy()[0]
    return scores[label] - np.delete(scores, label).max()


def nearest_boundary(victim, image, label, norm):
    """The least change that leaves ``label``, in n/255."""
    scores = victim.logits(image[None]).numpy()[0]
    sizes = []
    for other in set(range(len(scores))) - {label}:
        way = victim.way(other, label)
        gap = scores[label] - scores[other]
        if norm == "linf":
            sizes.append(255 * gap / np.abs(way).sum())
        else:
            sizes.append(255 * gap / np.linalg.norm(way) / np.sqrt(VALUES))
    return min(sizes)


def seen(victim, images):
    return victim.logits(images).numpy().argmax(1)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_deepfool_goes_the_shortest_way_over_the_nearest_boundary(norm):
    images = photos(8)
    labels = seen(FOUR, images)
    ended, _ = run(DeepFool(on_grid=False), [FOUR], images, labels, 10, norm=norm, targeted=False)
    sizes = NORMS[norm].size(ended - images).numpy()
    for image, before, label, size in zip(ended, images, labels, sizes, strict=True):
        assert margin(FOUR, image, label) < 0
        least = nearest_boundary(FOUR, before, label, norm)
        assert least < size < 1.05 * least + (0.05 if norm == "linf" else 0)


def test_deepfool_reaches_a_target_past_all_others():
    images = photos(4)
    wanted = (seen(FOUR, images) + 1) % CLASSES
    ended, rows = run(DeepFool(on_grid=False), [FOUR], images, wanted, 20, norm="l2")
    assert (seen(FOUR, ended) == wanted).all()
    assert (rows[-1][:, 2] > rows[0][:, 2]).all()


def test_deepfool_leaves_alone_what_is_fooled_already():
    images = photos(2)
    ended, _ = run(DeepFool(on_grid=False), [FOUR], images, seen(FOUR, images), 3, norm="l2")
    assert np.array_equal(ended, images)


def test_carlini_and_wagner_find_nearly_the_least_change():
    images = photos(4)
    labels = seen(FOUR, images)
    # Some of these photos lie nearer to a boundary than one step of the usual rate goes.
    attack = CarliniWagner(100, 9, on_grid=False, learning_rate=0.005)
    ended, _ = run(attack, [FOUR], images, labels, 100 * 9, norm="l2", targeted=False)
    sizes = NORMS["l2"].size(ended - images).numpy()
    for image, before, label, size in zip(ended, images, labels, sizes, strict=True):
        assert margin(FOUR, image, label) < 0
        least = nearest_boundary(FOUR, before, label, "l2")
        assert least < size < 1.04 * least


def test_on_the_grid_carlini_and_wagner_s_image_survives_being_saved():
    images = photos(4)
    wanted = (seen(FOUR, images) + 1) % CLASSES
    ended, _ = run(CarliniWagner(80, 6), [FOUR], images, wanted, 480, norm="l2")
    saved = np.rint(255 * ended) / 255
    np.testing.assert_allclose(ended, saved, atol=1e-6)
    assert (seen(FOUR, saved.astype(np.float32)) == wanted).all()


def test_more_confidence_leaves_a_wider_margin():
    images = photos(2)
    labels = seen(FOUR, images)
    margins = []
    for confidence in (0.0, 3.0):
        attack = CarliniWagner(100, 6, on_grid=False, confidence=confidence)
        ended, _ = run(attack, [FOUR], images, labels, 600, norm="l2", targeted=False)
        margins.append(
            [margin(FOUR, image, label) for image, label in zip(ended, labels, strict=True)]
        )
    assert (np.array(margins[1]) < np.array(margins[0]) - 1).all()


def test_the_lesson_s_descent_takes_plain_gradients_of_raw_values():
    images = photos(1)
    ended, rows = run(Lesson(), [TWO], images, [1], 1, step_size=0.01)
    scores = TWO.raw_logits(images).numpy()[0]
    chance = np.exp(scores[1]) / np.exp(scores).sum()
    # d/dx of -log softmax of two scores: minus the other's probability times the way.
    change = 0.01 * (1 - chance) * 2 * TWO.way(1, 0)
    np.testing.assert_allclose(ended[0] - images[0], change, rtol=1e-4, atol=1e-6)
    assert rows[0][0, 2] == pytest.approx(chance, rel=1e-4)


def test_it_is_not_held_back_by_budget_or_range():
    ended, _ = run(Lesson(), [TWO], photos(1), [0], 50, step_size=1.0, targeted=False)
    assert ended.min() < 0 or ended.max() > 1
