"""Whatever a head learned with is folded into plain dense layers that say the same."""

import numpy as np
import pytest
import tensorflow as tf

from tests.heads import making
from tfcore.head_file import through
from tfcore.heads.crossvalidation import fit
from tfcore.heads.layers import Dropout, tempered
from tfcore.heads.material import divided


def taught(**changes: object):
    material, settings = making.material(), making.settings(**changes)
    sides = divided(material, settings.validation, settings.seed)
    samples = [material.samples(side, material.classes) for side in (sides.train, sides.validation)]
    return fit(settings, *samples, 3), samples[1].values


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"scaling": "unit"},
        {"scaling": "none", "hidden": "16"},
        {"hidden": "16x8", "batch_norm": True, "learning_rate": 0.01},
        {"hidden": "16", "batch_norm": True, "averaging": True, "dropout": 0.3},
    ],
)
def test_a_folded_head_says_what_the_trained_one_says(changes) -> None:
    trainer, values = taught(**changes)
    said, own = through(trainer.head(), values), trainer.logits(values)
    assert np.abs(own).max() > 0.1  # it has learned something to say
    np.testing.assert_allclose(said, own, atol=2e-4 * np.abs(own).max())
    assert [layer.bias.size for layer in trainer.head()] == [*trainer.settings.units, 3]


def test_a_temperature_divides_the_logits() -> None:
    trainer, values = taught(hidden="8")
    layers = trainer.head()
    halved = through(tempered(layers, 2.0), values)
    np.testing.assert_allclose(halved, through(layers, values) / 2, rtol=1e-5, atol=1e-6)


def test_dropout_blanks_its_share_by_key_and_keeps_the_mean() -> None:
    ones, key = tf.ones((200, 50)), [tf.constant(n, tf.int64) for n in (3, 7)]
    blank = Dropout(tf.constant(0.4), *key)
    once, again = blank(ones, 0).numpy(), blank(ones, 0).numpy()
    assert (once == again).all()
    assert (once != blank(ones, 1).numpy()).any()
    assert (once == 0).mean() == pytest.approx(0.4, abs=0.02)
    assert once.mean() == pytest.approx(1, abs=0.03)
    assert (Dropout(tf.constant(0.0), *key)(ones, 0).numpy() == 1).all()
