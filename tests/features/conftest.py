"""Networks small enough to try everything on."""

import dataclasses

import keras
import pytest

from tfcore import catalog
from tfcore.backbones.backbone import Backbone, weights_digest
from tfcore.backbones.loading import cached, randomize
from tfcore.store.features import FeatureStore

LAYER = "block4a_expand_relu"
CHANNELS = 8


@pytest.fixture(scope="session")
def tiny():
    """A network of 16 px whose one layer bears the name of one of Lite0's."""
    inputs = keras.Input((16, 16, 3))
    hidden = keras.layers.Conv2D(CHANNELS, 3, activation="swish", name=LAYER)(inputs)
    pooled = keras.layers.GlobalAveragePooling2D()(hidden)
    model = keras.Model(inputs, keras.layers.Dense(1000)(pooled))
    randomize(model, 3)
    row = dataclasses.replace(catalog.get("efficientnet-lite0"), feature_dim=CHANNELS)
    return Backbone(row, model, weights_digest(model), None)


@pytest.fixture(scope="session")
def lite0():
    return cached("efficientnet-lite0")


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "features")
