"""A network that was trained here does whatever those of the table do."""

import numpy as np
import pytest

from tests.attacks.photo import dog
from tests.trained_making import NAME, sliced
from tfcore import catalog, classes, images, samples, trained
from tfcore.attacks import choosing as attacks
from tfcore.backbones.loading import Cache, cached
from tfcore.backbones.predict import probabilities, top5
from tfcore.errors import UnknownName, UserError
from tfcore.features.program import program_for
from tfcore.inspection.gradcam import class_activation
from tfcore.parsing import parse
from tfcore.synthesis import choosing as synthesis

CLASSES = ("tabby", "bull mastiff", "zebra")
CAT, DOG, ZEBRA = range(3)


@pytest.fixture(scope="module", autouse=True)
def head(tmp_path_factory):
    """The head's classes are three of Lite0's, so that what it must say is known."""
    data = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "config", lambda: type("Config", (), {"data": data}))
        made = sliced(cached("efficientnet-lite0"), *CLASSES)
        trained.install(NAME, made.to_bytes())
        yield made


def run(made):
    rows = []
    while made.step_number < made.steps:
        rows.append(made.step())
    return rows, made.result()


def test_it_says_what_its_head_says_of_photos():
    whole = probabilities("efficientnet-lite0", dog())
    three = np.array([whole[classes.of("vgg16").find(name).index] for name in CLASSES])
    np.testing.assert_allclose(probabilities(NAME, dog()), three / three.sum(), atol=1e-4)
    assert top5(NAME, dog())[0][0] == DOG
    assert len(top5(NAME, dog())) == 3


def test_its_ideal_picture_grows_and_is_recognised_as_it_was_saved():
    made = synthesis.procedure_for(
        parse({"network": NAME, "target": "zebra", "steps": 40, "seed": 1}), None
    )
    rows, result = run(made)
    assert rows[-1]["combined"] < rows[0]["combined"]
    saved = images.from_png(images.to_png(result.image))
    seen = probabilities(NAME, saved)
    assert int(np.argmax(seen)) == ZEBRA
    summary = result.summary
    assert summary["probability_png"] == pytest.approx(float(seen[ZEBRA]), abs=1e-4)
    assert (summary["target"], summary["target_index"]) == ("zebra", ZEBRA)
    assert summary["top5"][0]["name"] == "zebra"
    assert len(made.preview().top5) == 3


def test_a_dog_becomes_a_cat_within_the_budget_as_it_was_saved():
    settings = {"kind": "attack", "network": NAME, "target": "tabby", "epsilon": 4, "steps": 20}
    made = attacks.procedure_for(parse(settings), dog())
    rows, result = run(made)
    assert rows[-1]["cross_entropy"] < rows[0]["cross_entropy"]
    saved = images.from_png(images.to_png(result.image))
    before = images.fit_square(dog(), saved.shape[0])
    assert np.abs(saved.astype(int) - before).max() <= 4
    assert np.argmax(probabilities(NAME, before)) == DOG
    assert np.argmax(probabilities(NAME, saved)) == CAT
    summary = result.summary
    assert summary["success_png"]
    assert (summary["source"], summary["target"]) == ("bull mastiff", "tabby")
    assert summary["survives"]["JPEG 90"]["top1"] in CLASSES


def test_a_what_if_of_few_classes_tells_those_of_each_picture():
    made = attacks.procedure_for(
        parse({"kind": "attack", "network": NAME, "vary": "target", "values": "tabby, zebra",
               "steps": 1}),
        dog(),
    )  # fmt: skip
    made.step()
    assert len(made.preview().top5) == 2 * len(CLASSES)


def test_grad_cam_knows_its_classes_and_no_others():
    backbone = cached(NAME)
    found = class_activation(backbone, dog(), DOG)
    whole = class_activation(
        cached("efficientnet-lite0"), dog(), classes.of("vgg16").find("bull mastiff").index
    )
    np.testing.assert_allclose(found.heat, whole.heat, atol=1e-3)
    with pytest.raises(UserError, match="0 to 2"):
        class_activation(backbone, dog(), 3)


def test_its_features_lie_in_a_space_of_their_own():
    program, below = program_for(NAME), program_for("efficientnet-lite0")
    pixels = images.fit_square(dog(), 224)[None]
    np.testing.assert_allclose(program(pixels), below(pixels), atol=1e-4)
    assert program.space.dim == 1280
    assert program.space.network == NAME
    assert program.space.weights == cached(NAME).weights_digest != below.space.weights


def test_an_installed_photo_shows_none_of_its_classes():
    sample = samples.get("bull mastiff")
    assert (sample.shown_to("vgg16"), sample.shown_to(NAME)) == ("243", "")


def test_a_file_that_changed_is_loaded_anew_and_one_that_is_gone_is_no_network(head):
    loads = []
    cache = Cache(lambda _: None, lambda name, *_: loads.append(name) or len(loads))
    name = trained.name_of("00000000cafe")
    trained.install(name, head.to_bytes())
    assert [cache.get(name), cache.get(name)] == [1, 1]
    trained.install(name, sliced(cached("efficientnet-lite0"), "zebra", "tabby").to_bytes())
    assert [cache.get(name), cache.get(name)] == [2, 2]
    assert len(cache._kept) == 1
    trained.remove(name)
    with pytest.raises(UnknownName):
        cache.get(name)
    cache.get(catalog.DEFAULT)
