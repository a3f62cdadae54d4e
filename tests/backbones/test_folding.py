"""The fast twin equals its original, and where it cannot be made the original stays."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.src.applications import densenet, efficientnet, mobilenet_v3, resnet

from tfcore import catalog
from tfcore.backbones import builders, folding, structure
from tfcore.backbones.folding import fold
from tfcore.backbones.loading import randomize

SIZE = 64
# Batch norms of whole networks that are quick to build; small relatives stand for the others.
FAMILIES = {
    "efficientnet-lite0": 49,
    "mobilenet-0.25": 27,
    "mobilenet-v2-0.35": 52,
}


def images(size=SIZE):
    return np.random.default_rng(2).uniform(-1, 1, (2, size, size, 3)).astype(np.float32)


def assert_close(got, expected):
    got, expected = np.asarray(got), np.asarray(expected)
    assert np.abs(got - expected).max() <= 2e-5 * np.abs(expected).max()


def gradient(model, x):
    x = tf.constant(x)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        target = tf.reduce_sum(model(x, training=False)[:, :1])
    return tape.gradient(target, x)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_twin_equals_the_original(name):
    model = builders.build(catalog.get(name), SIZE)
    randomize(model, 5)
    folded = fold(model)
    twin, norms = folded.model, [x for x in model.layers if "BatchNorm" in type(x).__name__]
    assert folded.reason is None
    assert folded.folded == len(norms) == FAMILIES[name]
    assert [x.name for x in twin.layers] == [x.name for x in model.layers if x not in norms]
    assert structure.target_layers(twin) == dict(catalog.layers(name))
    assert not twin.trainable_variables
    x = images()
    middle = list(catalog.layers(name))[-3]
    original, fast = (
        keras.Model(m.input, [m.output, m.get_layer(middle).output]) for m in (model, twin)
    )
    for got, expected in zip(fast(x), original(x), strict=True):
        assert_close(got, expected)
    assert np.abs(np.asarray(original(x)[0])).max() > 1e-3
    # A ReLU may flip where its input is zero but for rounding; such pixels are few and near.
    got, expected = np.asarray(gradient(twin, x)), np.asarray(gradient(model, x))
    assert np.linalg.norm(got - expected) <= 1e-3 * np.linalg.norm(expected)


def small_densenet():
    return densenet.DenseNet([1, 1, 1, 1], **SMALL)


def small_resnet_v2():
    def stack(x):
        return resnet.stack_residual_blocks_v2(x, 8, 2, name="conv2")

    return resnet.ResNet(stack, True, True, **SMALL)


def small_resnet():
    def stack(x):
        return resnet.stack_residual_blocks_v1(x, 8, 2, name="conv2")

    return resnet.ResNet(stack, False, True, **SMALL)


def small_mobilenet_v3():
    def stack(x, kernel, activation, se_ratio):
        return mobilenet_v3._inverted_res_block(x, 2, 16, kernel, 1, se_ratio, activation, 1)

    return mobilenet_v3.MobileNetV3(stack, 64, include_preprocessing=False, **SMALL)


def small_efficientnet():
    blocks = efficientnet.DEFAULT_BLOCKS_ARGS[:2]
    return efficientnet.EfficientNet(0.25, 0.5, SIZE, blocks_args=blocks, name="small", **SMALL)


SMALL = {"weights": None, "input_shape": (SIZE, SIZE, 3), "classifier_activation": None}


@pytest.mark.parametrize(
    ("build", "folded", "norms"),
    [
        (small_resnet, 8, 8),
        (small_mobilenet_v3, 5, 5),
        (small_efficientnet, 7, 7),
        # These normalise before they convolve, so that only a part can be folded.
        (small_resnet_v2, 4, 7),
        (small_densenet, 5, 13),
    ],
)
def test_the_twin_of_a_small_relative_equals_its_original(build, folded, norms):
    """Made by the functions that make the real ones."""
    model = build()
    randomize(model, 5)
    result = fold(model)
    assert result.reason is None
    assert sum("BatchNorm" in type(x).__name__ for x in model.layers) == norms
    assert result.folded == folded
    # The range that such a network sees: EfficientNet normalises levels by itself.
    x = (images() + 1) * 128
    assert_close(result.model(x), model(x))
    assert np.abs(np.asarray(model(x))).max() > 1e-3


def plain(x):
    return layers.BatchNormalization()(layers.Conv2D(4, 3)(x))


def with_bias_and_groups(x):
    x = layers.Conv2D(6, 3, groups=3, use_bias=True)(x)
    return layers.BatchNormalization(scale=False)(x)


def depthwise_multiplied(x):
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2)(x)
    return layers.BatchNormalization(center=False)(x)


def norm_read_twice(x):
    x = plain(x)
    return layers.Add()([layers.ReLU()(x), x])


def conv_read_twice(x):
    x = layers.Conv2D(4, 3)(x)
    return layers.Add()([layers.BatchNormalization()(x), x])


def conv_read_by_two_norms(x):
    x = layers.Conv2D(4, 3)(x)
    return layers.Add()([layers.BatchNormalization()(x) for _ in range(2)])


def shared_conv(x):
    conv = layers.Conv2D(4, 3)
    halves = [layers.BatchNormalization()(conv(half)) for half in (x, layers.ReLU()(x))]
    return layers.Add()(halves)


def shared_norm(x):
    norm = layers.BatchNormalization()
    return layers.Add()([norm(layers.Conv2D(4, 3)(x)), norm(layers.Conv2D(4, 3)(x))])


def norm_alone(x):
    return layers.BatchNormalization()(x)


def activated_conv(x):
    return layers.BatchNormalization()(layers.Conv2D(4, 3, activation="relu")(x))


def norm_after_relu(x):
    return layers.BatchNormalization()(layers.ReLU()(layers.Conv2D(4, 3)(x)))


def norm_over_rows(x):
    return layers.BatchNormalization(axis=1)(layers.Conv2D(4, 3)(x))


def transposed(x):
    return layers.BatchNormalization()(layers.Conv2DTranspose(4, 3)(x))


def nested(x):
    inner_input = keras.Input((SIZE, SIZE, 3))
    return keras.Model(inner_input, plain(inner_input), name="inner")(x)


FOLDABLE = (plain, with_bias_and_groups, depthwise_multiplied, norm_read_twice)
AWKWARD = (
    conv_read_twice,
    conv_read_by_two_norms,
    shared_conv,
    shared_norm,
    norm_alone,
    activated_conv,
    norm_after_relu,
    norm_over_rows,
    transposed,
    nested,
)


@pytest.mark.parametrize("body", FOLDABLE + AWKWARD, ids=lambda body: body.__name__)
def test_only_the_batch_norms_that_can_be_folded_are(body):
    """Each graph stands before a foldable pair, so a twin is made in every case."""
    inputs = keras.Input((SIZE, SIZE, 3))
    model = keras.Model(inputs, layers.GlobalAveragePooling2D()(plain(body(inputs))))
    randomize(model, 6)
    folded = fold(model)
    assert folded.reason is None
    assert folded.folded == (2 if body in FOLDABLE else 1)
    assert_close(folded.model(images()), model(images()))


def test_a_batch_norm_in_training_mode_is_left():
    inputs = keras.Input((SIZE, SIZE, 3))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3)(inputs), training=True)
    model = keras.Model(inputs, x)
    assert fold(model).model is model


def test_a_network_without_batch_norm_is_left_in_silence(caplog):
    inputs = keras.Input((SIZE, SIZE, 3))
    model = keras.Model(inputs, layers.Conv2D(4, 3)(inputs))
    folded = fold(model)
    assert folded.model is model
    assert (folded.folded, folded.reason is None) == (0, False)
    assert not caplog.records


@pytest.mark.parametrize("factor", [1.01, np.nan])
def test_a_twin_that_differs_is_thrown_away_with_a_logged_reason(monkeypatch, caplog, factor):
    inputs = keras.Input((SIZE, SIZE, 3))
    model = keras.Model(inputs, plain(inputs), name="awkward")
    right = folding._folded_weights
    monkeypatch.setattr(
        folding, "_folded_weights", lambda *pair: [w * factor for w in right(*pair)]
    )
    folded = fold(model)
    assert folded.model is model
    assert folded.folded == 0
    assert "differ" in folded.reason
    assert [(r.levelname, folded.reason in r.message) for r in caplog.records] == [
        ("WARNING", True)
    ]
    assert "awkward" in caplog.text


def test_a_network_that_cannot_be_rebuilt_is_kept_with_a_logged_reason(caplog):
    class Unclonable(layers.Layer):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def get_config(self):
            raise NotImplementedError("no settings to give")

        def call(self, x):
            return x * self.factor

    inputs = keras.Input((SIZE, SIZE, 3))
    model = keras.Model(inputs, Unclonable(2.0)(plain(inputs)))
    folded = fold(model)
    assert folded.model is model
    assert "no settings to give" in folded.reason
    assert folded.reason in caplog.text
