"""EfficientNet-Lite as built here, and how well real weights see real photos."""

import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tfcore import catalog
from tfcore.backbones import builders, checkpoint, lite
from tfcore.backbones.building import LOCK
from tfcore.backbones.loading import load
from tfcore.errors import UserError


@pytest.mark.parametrize(
    ("channels", "width", "expected"),
    [(16, 1.0, 16), (24, 1.1, 24), (40, 1.1, 48), (112, 1.1, 120), (8, 0.1, 8), (10, 1.0, 16)],
)
def test_widths_are_multiples_of_eight_and_lose_a_tenth_at_most(channels, width, expected):
    assert lite.scaled_width(channels, width) == expected


def test_the_weights_of_another_network_are_refused():
    state = checkpoint.read(catalog.weights_path(catalog.get("efficientnet-lite1")))
    with pytest.raises(UserError, match="does not fit"):
        lite.assign(builders.build(catalog.get("efficientnet-lite2"), 64), state)


def photos(testbed, size, count):
    """Photos cut to their middle square, and the synset that each file's name tells."""
    paths = sorted((testbed / "imagenet_samples").iterdir())[:count]
    pixels = []
    for path in paths:
        image = Image.open(path).convert("RGB")
        side, (width, height) = min(image.size), image.size
        left, top = (width - side) // 2, (height - side) // 2
        box = (left, top, left + side, top + side)
        pixels.append(np.asarray(image.resize((size, size), Image.Resampling.BICUBIC, box)))
    return np.stack(pixels), [path.name.split("_")[0] for path in paths]


def synsets(testbed):
    path = testbed / "weights" / "keras_home" / "models" / "imagenet_class_index.json"
    table = json.loads(path.read_text())
    return [table[str(index)][0] for index in range(1000)]


# MobileNet's own weights, and MobileNetV2's rounded to 8 bits, stand for keras.applications.
@pytest.mark.testbed
@pytest.mark.parametrize(
    ("name", "count", "least"),
    [
        ("efficientnet-lite0", 60, 0.8),
        ("efficientnet-lite1", 20, 0.75),
        ("efficientnet-lite2", 20, 0.75),
        ("mobilenet-0.75", 20, 0.7),
        ("mobilenet-v2-1.0", 20, 0.7),
    ],
)
def test_real_weights_recognise_real_photos(testbed, monkeypatch, name, count, least):
    monkeypatch.setenv("KERAS_HOME", str(testbed / "weights" / "keras_home"))
    backbone = load(name)
    assert backbone.folded
    images, expected = photos(testbed, backbone.size, count)
    see = tf.function(backbone.logits)
    with LOCK:
        logits = np.concatenate(
            [see(part / np.float32(255)) for part in np.split(images, count // 20)]
        )
    names = synsets(testbed)
    first = [names[index] for index in logits.argmax(1)]
    assert np.mean([a == b for a, b in zip(first, expected, strict=True)]) >= least
