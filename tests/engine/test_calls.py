"""Short calls: what goes over the wire is small and plain, and what cannot be is refused."""

import pickle

import pytest

from tests import pictures
from tfcore import catalog, images
from tfcore.engine import calls
from tfcore.errors import BadImage, UnknownName, UserError, WeightsMissing

LITE0 = "efficientnet-lite0"


@pytest.fixture(scope="module")
def png():
    return images.to_png(pictures.photo(224, 224))


def test_maps_are_small_and_as_large_as_the_catalog_says(png):
    for layer, shape in list(catalog.layer_shapes(LITE0).items())[::11]:
        answer = calls.layer_maps(LITE0, layer, png, 24, "highest")
        assert len(answer["channels"]) == shape[2]
        assert len(answer["maps"]) == min(24, shape[2])
        assert images.from_heat(answer["maps"][0]).shape == shape[:2]
        highest = [channel[2] for channel in answer["channels"]]
        assert highest == sorted(highest, reverse=True)
        assert len(pickle.dumps(answer)) < 400_000


def test_the_reasons_and_the_strip_come_as_pictures(png):
    answer = calls.class_activation(LITE0, 340, png)
    assert images.from_heat(answer["map"]).shape == (7, 7)
    assert answer["layer"] == list(catalog.layers(LITE0))[-1]
    assert dict(calls.predict(LITE0, png)).get(340, 0) == pytest.approx(
        answer["probability"], abs=0.01
    )
    strip = calls.strip(LITE0, png)
    assert strip["shape"] == (7, 7, 1280)
    drawn = images.from_heat(strip["picture"])
    assert drawn.shape == (4 * 49, 1280)
    assert (drawn[::4] == drawn[3::4]).all()
    assert (drawn == 0).mean() > strip["quiet"] > 0.5
    assert len(pickle.dumps(strip)) < 400_000


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda png: calls.layer_maps(LITE0, "no_such_layer", png), UnknownName),
        (lambda png: calls.layer_maps("no-such-network", "stem_relu", png), UnknownName),
        (lambda png: calls.layer_maps(LITE0, "stem_relu", b"<html>"), BadImage),
        (lambda png: calls.class_activation(LITE0, 1000, png), UserError),
        (lambda png: calls.class_activation(LITE0, 0, png[:90]), BadImage),
        (lambda png: calls.strip(LITE0, b""), BadImage),
    ],
)
def test_what_cannot_be_is_told(ask, error, png):
    with pytest.raises(error, match=r"got .+, expected .+, fix: .+"):
        ask(png)


@pytest.mark.parametrize(
    "ask",
    [
        lambda png: calls.layer_maps("vgg19", "block1_conv1", png),
        lambda png: calls.class_activation("vgg19", 0, png),
        lambda png: calls.strip("vgg19", png),
    ],
)
def test_nobody_waits_for_a_download(ask, png, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(WeightsMissing, match=r"VGG19.*that fetches its 575 MB"):
        ask(png)
