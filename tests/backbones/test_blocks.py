"""A network cut in two says what the whole one says, and its blocks hold what can learn."""

import math

import numpy as np
import pytest

from tfcore import catalog
from tfcore.backbones import structure
from tfcore.backbones.blocks import blocks, cut, trainable
from tfcore.backbones.heading import features
from tfcore.backbones.loading import load

SIZE = 64


@pytest.fixture(scope="module", params=["mobilenet-0.25", "mobilenet-v3-small"])
def model(request):
    return load(request.param, "random", size=SIZE, fast=False).model


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).uniform(-1, 1, (2, SIZE, SIZE, 3)).astype(np.float32)


def test_both_parts_together_are_the_network(model, pictures):
    tensor = structure.features(model)
    whole = np.asarray(cut(model, tensor, 0).lower(pictures))
    for count in (1, 2, len(blocks(model, tensor)) - 1, 99):
        parts = cut(model, tensor, count)
        inner = pictures if parts.lower is None else parts.lower(pictures)
        np.testing.assert_allclose(parts.upper(inner), whole, atol=1e-4)


def test_every_weight_but_the_classifiers_lies_in_one_block(model):
    known = blocks(model, structure.features(model))
    layers = [layer for block in known for layer in block.layers]
    assert len({id(layer) for layer in layers}) == len(layers)
    own = sum(math.prod(w.shape) for w in structure.classifier(model).weights)
    statistics = sum(
        math.prod(w.shape) for layer in layers for w in getattr(layer, "weights", ())
    ) - sum(math.prod(w.shape) for w in trainable(layers))
    assert sum(block.parameters for block in known) + statistics + own == model.count_params()
    assert not [w for w in trainable(layers) if "moving" in w.path]


def test_only_what_a_head_reads_is_there(model):
    name = next(n for n in ("mobilenet-0.25", "mobilenet-v3-small") if _is(model, n))
    layer = list(catalog.layers(name))[5]
    known = blocks(model, features(model, layer, "mean"))
    assert known[-1].layers[-1].name == layer
    assert len(known) < len(blocks(model, structure.features(model)))


def _is(model, name):
    return list(catalog.layers(name)) == list(structure.target_layers(model))
