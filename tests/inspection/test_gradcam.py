"""Grad-CAM: where it is known in closed form, and where a person can see it."""

import numpy as np
import pytest

from tests.inspection.conftest import LAYER
from tfcore import catalog, images, labels, samples
from tfcore.errors import UnknownName, UserError
from tfcore.inspection.feature_maps import view
from tfcore.inspection.gradcam import class_activation, last_layer, weighted

ANIMAL = {"top": 0.06, "bottom": 1.0, "left": 0.02, "right": 0.82}
"""Where scikit-image's cat is, in shares of the centre square; the rest is a bare wall."""


@pytest.fixture(scope="module")
def cat():
    """The square that Lite0 sees of the cat."""
    photo = images.decode(samples.get("Chelsea the cat").read())
    return images.fit_square(photo, 224)


def centre(heat):
    """Centre of mass, in shares of height and width."""
    rows, columns = (np.arange(side) + 0.5 for side in heat.shape)
    return (
        float((heat.sum(1) * rows).sum() / heat.sum() / heat.shape[0]),
        float((heat.sum(0) * columns).sum() / heat.sum() / heat.shape[1]),
    )


@pytest.mark.parametrize("target", [0, 284, 999])
def test_behind_a_mean_and_a_dense_layer_it_is_the_class_activation_map(tiny, noise, target):
    """Zhou et al. 2016: there the weights are the dense layer's own, divided by the places."""
    given = np.asarray(tiny.activations(view(tiny, noise), LAYER)[0])
    dense = tiny.model.get_layer("classes")
    kernel, bias = (np.asarray(weight) for weight in dense.get_weights())
    places = given.shape[0] * given.shape[1]
    cam = given @ kernel[:, target] / places
    found = class_activation(tiny, noise, target)
    assert found.layer == LAYER
    np.testing.assert_allclose(found.heat, np.maximum(cam, 0), rtol=1e-4, atol=1e-6)
    # All places together are the score: what the page says of the map's sum.
    assert found.score == pytest.approx(float(cam.sum() + bias[target]), rel=1e-4)


def test_a_map_that_speaks_against_the_class_is_taken_away():
    maps = np.zeros((1, 3, 2), np.float32)
    maps[0, 0, 0], maps[0, 1], maps[0, 2, 1] = 1.0, (1.0, 0.25), 5.0
    slopes = np.broadcast_to(np.array([2.0, -4.0], np.float32), maps.shape)
    assert weighted(maps, slopes).tolist() == [[2.0, 1.0, 0.0]]


def test_the_mean_of_the_slopes_weighs_a_map():
    maps = np.ones((2, 1, 1), np.float32)
    slopes = np.array([[[6.0]], [[-2.0]]], np.float32)
    assert weighted(maps, slopes).tolist() == [[2.0], [2.0]]


@pytest.mark.parametrize("name", ["tabby", "Egyptian cat"])
def test_the_cat_is_found_where_the_cat_is(lite0, cat, name):
    found = class_activation(lite0, cat, labels.find(name).index)
    row, column = centre(found.heat)
    assert ANIMAL["top"] < row < ANIMAL["bottom"]
    assert column < 0.55  # the cat sits to the left, and the wall to the right says nothing
    heat = found.heat / found.heat.mean()
    side = heat.shape[1]
    wall = heat[: side - 1, round(side * 0.86) :]
    assert wall.mean() < 0.5
    mirrored = class_activation(lite0, cat[:, ::-1], labels.find(name).index)
    assert centre(mirrored.heat)[1] == pytest.approx(1 - column, abs=0.06)


def test_what_the_photo_does_not_show_has_another_map_and_less_evidence(lite0, cat):
    right = class_activation(lite0, cat, labels.find("tabby").index)
    wrong = class_activation(lite0, cat, labels.find("zebra").index)
    assert wrong.heat.sum() < 0.2 * right.heat.sum()
    assert wrong.probability < 0.01 < 0.05 < right.probability
    same = np.corrcoef(right.heat.ravel(), wrong.heat.ravel())[0, 1]
    assert same < 0.7


def test_it_is_read_where_the_paper_reads_it():
    assert last_layer("vgg16") == "block5_conv3"
    assert [last_layer(name) for name in ("resnet50", "densenet121")] == [
        "conv5_block3_out",
        "relu",
    ]
    assert all(min(catalog.layer_shapes(n)[last_layer(n)][:2]) > 1 for n in catalog.names())


def test_another_layer_can_be_read(lite0, cat):
    found = class_activation(lite0, cat, 281, "block5c_depthwise_relu")
    assert found.heat.shape == catalog.layer_shapes("efficientnet-lite0")[found.layer][:2]
    assert found.heat.shape == (14, 14)


@pytest.mark.parametrize("target", [-1, 1000])
def test_a_class_that_is_not_there_is_refused(tiny, noise, target):
    with pytest.raises(UserError, match="0 to 999"):
        class_activation(tiny, noise, target)


def test_a_layer_that_is_not_there_is_refused(tiny, noise):
    with pytest.raises(UnknownName, match="layer"):
        class_activation(tiny, noise, 0, "no_such_layer")
