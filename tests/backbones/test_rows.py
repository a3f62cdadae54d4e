"""Every row of the catalog against the network as Keras builds it."""

import keras
import numpy as np
import pytest
from keras.src.backend.common import global_state
from keras.src.models.functional import Functional
from keras.src.utils import file_utils

from tfcore import blocks, catalog
from tfcore.backbones import builders, describe, structure
from tfcore.backbones.blocks import cut
from tfcore.backbones.preprocessing import preprocess, unpreprocess

KERAS_MODULES = {
    "mobilenet": keras.applications.mobilenet,
    "mobilenet-v2": keras.applications.mobilenet_v2,
    "vgg16": keras.applications.vgg16,
    "vgg19": keras.applications.vgg19,
    "resnet": keras.applications.resnet,
    "resnet-v2": keras.applications.resnet_v2,
    "efficientnet": keras.applications.efficientnet,
    "densenet": keras.applications.densenet,
    "inception-v3": keras.applications.inception_v3,
}

ONE_OF_EACH = {catalog.get(name).family: name for name in reversed(catalog.names())}.values()
"""The first network of each family: what holds for its graph holds for the others."""


@pytest.fixture(autouse=True)
def nothing_drawn():
    """Forget the weights that were declared: the next model would draw them all, VGG19's too."""
    yield
    global_state.set_global_attribute("uninitialized_variables", [])


@pytest.fixture
def asked(monkeypatch):
    """Build with Keras's own pretrained weights, and note which file it asks for."""
    files = []

    def get_file(name, url, cache_subdir, file_hash=""):
        files.append((name, url, file_hash))

    def build(function, size, **options):
        shape = (size, size, 3)  # Keras refuses any but the one it was trained on
        return function(
            weights="imagenet", input_shape=shape, classifier_activation=None, **options
        )

    monkeypatch.setattr(file_utils, "get_file", get_file)
    monkeypatch.setattr(Functional, "load_weights", lambda model, path: None)
    monkeypatch.setattr(builders, "_keras", build)
    return files


def _check_blocks(name, model):
    assert [blocks.Block(*row) for row in describe.blocks_of(model)] == list(blocks.of(name))
    if name in ONE_OF_EACH:
        for count in range(len(blocks.of(name)) + 1):
            cut(model, structure.features(model), count)  # one tensor crosses each boundary


@pytest.mark.parametrize(
    "name", [name for name in catalog.names() if catalog.get(name).family == "efficientnet"]
)
def test_the_blocks_of_a_network_that_keras_changes_are_those_of_ours(name):
    with keras.StatelessScope(initialize_variables=False):
        _check_blocks(name, builders.build(catalog.get(name)))


@pytest.mark.parametrize("name", catalog.names())
def test_a_row_tells_the_truth(name, asked):
    row = catalog.get(name)
    # Weights are declared and never drawn: VGG19 in no time.
    with keras.StatelessScope(initialize_variables=False):
        model = builders.build(row)
    assert model.input_shape == (None, row.input_size, row.input_size, 3)
    assert model.output_shape == (None, 1000)
    assert model.count_params() == row.params
    assert structure.features(model).shape == (None, row.feature_dim)
    assert structure.target_layers(model) == dict(catalog.layers(name))
    assert structure.target_shapes(model) == catalog.layer_shapes(name)
    if row.family != "efficientnet":  # Keras gives these one more layer with their weights
        _check_blocks(name, model)
    assert not model.trainable_variables
    last = model.layers[-1]
    assert getattr(last, "activation", None) in (None, keras.activations.linear)
    if row.package is None:
        assert asked == [(row.weights_file, row.weights_url, row.weights_md5)]


@pytest.mark.parametrize("name", catalog.names())
def test_preprocessing_is_the_familys_own(name):
    row = catalog.get(name)
    levels = np.random.default_rng(1).integers(0, 256, (2, 5, 7, 3)).astype(np.float32)
    if row.family == "efficientnet-lite":
        expected = (levels - 127) / 128
    elif row.family == "mobilenet-v3":
        # Keras has it inside the model, and a preprocess_input that does nothing.
        with keras.StatelessScope(initialize_variables=False):
            model = keras.applications.MobileNetV3Small(weights=None, input_shape=(32, 32, 3))
        expected = next(x for x in model.layers if isinstance(x, keras.layers.Rescaling))(levels)
    else:
        module = KERAS_MODULES.get(row.family) or KERAS_MODULES[name]
        expected = module.preprocess_input(levels.copy())
    values = preprocess(levels / 255, row.preprocessing)
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(unpreprocess(values, row.preprocessing), levels / 255, atol=1e-6)
