import numpy as np
import pytest
import tensorflow as tf

from tests.synthesis.conftest import LAYER, SIZE
from tfcore.synthesis.objectives import Activation, Combined, CrossEntropy, Excitation, Logit

IMAGES = np.random.default_rng(0).random((2, SIZE, SIZE, 3), np.float32)
TARGETS = np.array([3, 7], np.int32)


def judged(objective, backbone, raw=False):
    weights = np.eye(objective.width(backbone), dtype=np.float32)[TARGETS]
    return objective(backbone, tf.constant(IMAGES), tf.constant(weights), raw)


@pytest.mark.parametrize("raw", [False, True])
def test_losses_are_those_of_the_formulas_per_example(tiny_backbone, raw):
    logits = (tiny_backbone.raw_logits if raw else tiny_backbone.logits)(IMAGES).numpy()
    shares = np.exp(logits - logits.max(1, keepdims=True))
    chosen = (shares / shares.sum(1, keepdims=True))[[0, 1], TARGETS]

    verdict = judged(CrossEntropy(), tiny_backbone, raw)
    np.testing.assert_allclose(verdict.loss, -np.log(chosen), rtol=1e-4)
    np.testing.assert_allclose(verdict.probability, chosen, rtol=1e-4)

    verdict = judged(Logit(), tiny_backbone, raw)
    np.testing.assert_allclose(verdict.loss, -logits[[0, 1], TARGETS], rtol=1e-4)
    np.testing.assert_allclose(verdict.probability, chosen, rtol=1e-4)

    verdict = judged(Combined(), tiny_backbone, raw)
    both = -logits[[0, 1], TARGETS] - 3 * np.log(chosen)
    np.testing.assert_allclose(verdict.loss, both, rtol=1e-4)
    np.testing.assert_allclose(verdict.probability, chosen, rtol=1e-4)


@pytest.mark.parametrize("raw", [False, True])
def test_a_channel_is_its_mean_over_all_places(tiny_backbone, raw):
    read = tiny_backbone.raw_activations if raw else tiny_backbone.activations
    maps = read(IMAGES, LAYER).numpy()
    verdict = judged(Activation(LAYER), tiny_backbone, raw)
    wanted = [-maps[0, :, :, 3].mean(), -maps[1, :, :, 7].mean()]
    np.testing.assert_allclose(verdict.loss, wanted, rtol=1e-4)
    assert verdict.probability is None


def test_objectives_are_values_that_say_what_they_do():
    assert Activation("a") == Activation("a") != Activation("b")
    assert hash(Logit()) == hash(Logit())
    assert "channels of a" in Activation("a").description
    assert [o.term for o in (CrossEntropy(), Logit(), Combined(), Activation("a"))] == [
        "cross_entropy",
        "logit",
        "combined",
        "activation",
    ]


def test_a_sum_weighs_its_classes_and_counts_the_wanted_ones(tiny_backbone):
    logits = tiny_backbone.logits(IMAGES).numpy()
    weights = np.zeros((2, logits.shape[1]), np.float32)
    weights[:, [3, 7, 9]] = 1.0, 1.0, -1.0
    verdict = Logit()(tiny_backbone, tf.constant(IMAGES), tf.constant(weights), False)
    wanted = -(logits[:, 3] + logits[:, 7] - logits[:, 9])
    np.testing.assert_allclose(verdict.loss, wanted, rtol=1e-4)
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    np.testing.assert_allclose(verdict.probability, shares[:, 3] + shares[:, 7], rtol=1e-4)


def test_a_unit_is_the_one_place_in_the_middle(tiny_backbone):
    maps = tiny_backbone.activations(IMAGES, LAYER).numpy()
    verdict = judged(Activation(LAYER, is_unit=True), tiny_backbone)
    middle = maps.shape[1] // 2
    wanted = [-maps[0, middle, middle, 3], -maps[1, middle, middle, 7]]
    np.testing.assert_allclose(verdict.loss, wanted, rtol=1e-4)


def test_excitation_is_the_mean_square_of_a_whole_layer(tiny_backbone):
    maps = tiny_backbone.activations(IMAGES, LAYER).numpy()
    objective = Excitation(LAYER)
    assert objective.width(tiny_backbone) == 1
    verdict = objective(tiny_backbone, tf.constant(IMAGES), tf.ones((2, 1)), False)
    np.testing.assert_allclose(verdict.loss, -np.square(maps).mean((1, 2, 3)), rtol=1e-4)
    assert verdict.probability is None
