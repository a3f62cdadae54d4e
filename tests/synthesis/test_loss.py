import numpy as np
import pytest
import tensorflow as tf

from tests.synthesis.conftest import SIZE
from tfcore import catalog
from tfcore.backbones.backbone import Backbone, weights_digest
from tfcore.synthesis.loss import ask, resized
from tfcore.synthesis.objectives import Combined, CrossEntropy, Logit

IMAGES = tf.constant(np.random.default_rng(0).random((2, SIZE, SIZE, 3), np.float32))


class Darker(Backbone):
    """The same network looking at half the light: a second one with an opinion of its own."""

    def logits(self, images):
        return super().logits(0.5 * images)


@pytest.fixture
def second(tiny_backbone):
    model = tiny_backbone.model
    return Darker(catalog.get("efficientnet-lite1"), model, weights_digest(model), None)


@pytest.mark.parametrize("objective", [Logit(), CrossEntropy(), Combined()])
def test_several_networks_are_asked_for_their_mean(tiny_backbone, second, objective):
    weights = tf.one_hot([3, 9], objective.width(tiny_backbone))
    alone = [objective(one, IMAGES, weights, False) for one in (tiny_backbone, second)]
    both = ask([tiny_backbone, second], objective, IMAGES, weights, False)
    assert np.abs(alone[0].loss - alone[1].loss).max() > 1e-3
    np.testing.assert_allclose(both.loss, (alone[0].loss + alone[1].loss) / 2, rtol=1e-5)
    mean = (alone[0].probability + alone[1].probability) / 2
    np.testing.assert_allclose(both.probability, mean, rtol=1e-5)


def test_each_network_is_given_its_own_size():
    assert resized(IMAGES, SIZE) is IMAGES
    larger = resized(IMAGES, 2 * SIZE)
    assert larger.shape == (2, 2 * SIZE, 2 * SIZE, 3)
    np.testing.assert_allclose(tf.reduce_mean(larger), tf.reduce_mean(IMAGES), atol=0.01)
