"""The strip holds every number of the features at its place."""

import keras
import numpy as np
import pytest
from keras.src.backend.common import global_state

from tests.inspection.conftest import LAYER, MAPS
from tfcore import catalog
from tfcore.backbones import builders, structure
from tfcore.inspection.feature_maps import view
from tfcore.inspection.strip import laid_out, strip


def test_a_row_is_a_place_and_a_column_a_channel():
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    laid = laid_out(values)
    assert laid.shape == (6, 4)
    assert laid[4, 2] == values[1, 1, 2]


def test_the_strip_is_the_layers_own_numbers(tiny, noise):
    found = strip(tiny, noise)
    given = np.asarray(tiny.activations(view(tiny, noise), LAYER)[0])
    assert (found.layer, found.shape) == (LAYER, (7, 7, MAPS))
    expected = given.reshape(49, MAPS)
    np.testing.assert_allclose(
        found.picture / 255 * expected.max(), expected, atol=0.51 * expected.max() / 255
    )
    assert found.quiet == pytest.approx((given <= 0).mean())


@pytest.mark.parametrize(
    ("name", "layer", "shape"),
    [
        ("vgg16", "block5_pool", (7, 7, 512)),
        ("mobilenet-1.0", "conv_pw_13_relu", (7, 7, 1024)),
        ("efficientnet-lite0", "head_relu", (7, 7, 1280)),
    ],
)
def test_it_is_what_keras_gives_without_its_top(name, layer, shape):
    with keras.StatelessScope(initialize_variables=False):
        model = builders.build(catalog.get(name))
    assert structure.last_maps(model) == layer
    assert tuple(model.get_layer(layer).output.shape[1:]) == shape
    global_state.set_global_attribute("uninitialized_variables", [])
