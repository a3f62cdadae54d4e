"""A network whose Grad-CAM is known in closed form: maps, their mean, one dense layer."""

import keras
import numpy as np
import pytest

from tfcore import catalog
from tfcore.backbones.backbone import Backbone, weights_digest
from tfcore.backbones.loading import cached, randomize

SIDE, MAPS = 16, 8
LAYER = list(catalog.layers(catalog.DEFAULT))[-1]


@pytest.fixture(scope="session")
def tiny():
    """A network of 16 px whose one layer bears the name of Lite0's last."""
    inputs = keras.Input((SIDE, SIDE, 3))
    hidden = keras.layers.Conv2D(MAPS, 3, strides=2, activation="relu", name=LAYER)(inputs)
    pooled = keras.layers.GlobalAveragePooling2D()(hidden)
    model = keras.Model(inputs, keras.layers.Dense(1000, name="classes")(pooled))
    randomize(model, 3)
    return Backbone(catalog.get(catalog.DEFAULT), model, weights_digest(model), None)


@pytest.fixture(scope="session")
def lite0():
    return cached("efficientnet-lite0")


@pytest.fixture(scope="session")
def noise():
    """A photo without symmetry that needs no resizing."""
    return np.random.default_rng(4).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
