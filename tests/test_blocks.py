"""Blocks of each network, without TensorFlow."""

import pytest

from tests.trained_making import NAME, made
from tfcore import blocks, catalog, trained
from tfcore.errors import UnknownName


@pytest.mark.parametrize("name", catalog.names())
def test_every_network_has_blocks_that_learn(name):
    known = blocks.of(name)
    assert 5 <= len(known) <= 25
    assert len({block.name for block in known}) == len(known)
    assert all(block.parameters > 0 for block in known)
    assert known[-1].targets == len(catalog.layers(name))


def test_the_last_ones_are_counted_from_the_end():
    assert [block.name for block in blocks.last("vgg16", 2)] == ["fc1", "fc2"]
    assert blocks.last("vgg16", 0) == ()
    assert blocks.last("vgg16", 99) == blocks.of("vgg16")


def test_those_above_a_heads_layer_are_left_out():
    names = [block.name for block in blocks.of("vgg16", "block5_conv2")]
    assert names[-2:] == ["block5_conv1", "block5_conv2"]
    assert [b.name for b in blocks.last("efficientnet-lite0", 1, "block6a_expand_relu")] == [
        "stage 6"
    ]
    with pytest.raises(UnknownName):
        blocks.of("vgg16", "block9_conv1")


def test_a_network_trained_here_has_those_below_its_head(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))
    head = made(layer="block5a_expand_relu", pooling="mean", dim=480)
    trained.install(NAME, head.to_bytes())
    assert blocks.of(NAME)[-1].name == "stage 5"
