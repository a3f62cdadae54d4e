"""A network small enough to try everything on, in the place of the real ones."""

import keras
import pytest

from tfcore import catalog
from tfcore.backbones.backbone import Backbone, weights_digest
from tfcore.backbones.loading import randomize
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis import dream, programs

SIZE = 16
LAYER = "block4a_expand_relu"
STILL = {"scale": 0.0, "rotation": 0.0, "jitter": 0, "noise": 0.0}


@pytest.fixture(scope="session")
def tiny_backbone():
    """A smooth network of 16 px whose one layer bears the name of one of Lite0's."""
    inputs = keras.Input((SIZE, SIZE, 3))
    hidden = keras.layers.Conv2D(8, 3, activation="swish", name=LAYER)(inputs)
    pooled = keras.layers.GlobalAveragePooling2D()(hidden)
    model = keras.Model(inputs, keras.layers.Dense(1000)(pooled))
    randomize(model, 3)
    return Backbone(catalog.get("efficientnet-lite0"), model, weights_digest(model), None)


@pytest.fixture
def tiny(monkeypatch, tiny_backbone):
    """Every program that a test asks for is made on the tiny network."""
    for module in (programs, dream):
        monkeypatch.setattr(module, "cached", lambda name: tiny_backbone)
    return tiny_backbone


@pytest.fixture
def pixels():
    """Settings of a quiet run: plain pixels, cross-entropy, no random views."""

    def make(**changes):
        base = {"parametrization": "pixels", "objective": "cross-entropy", "target": "340"}
        base |= {"tv_weight": 0.0, "learning_rate": 0.02, "seed": 5, **STILL}
        return SynthesizeSettings.model_validate(base | changes)

    return make
