"""Maps on their way through the engine: what is let in, and what it is called."""

import pytest

from tests.engine.test_admission import limits, submit
from tests.store import making
from tfcore.engine.admission import admit, check_memory, memory_mb
from tfcore.engine.titles import title
from tfcore.errors import TooLarge, UserError
from tfcore.events import RunState
from tfcore.parsing import parse
from tfcore.settings import ExtractSettings, read_picture, steerable
from tfcore.similarity.analysis import ANALYSIS

NOBODY = "0" * 12


@pytest.fixture
def store(tmp_path):
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def test_a_map_needs_a_finished_extraction_with_its_analysis(store):
    extraction = making.add_run(store, state=RunState.FINISHED, kind="extract", scan=NOBODY)
    picture = making.add_run(store, state=RunState.FINISHED)
    store.add_artifact(picture, ANALYSIS, b"{}")
    for wrong in (NOBODY, picture, extraction):
        with pytest.raises(UserError, match=f"run {wrong}.*extract the features again"):
            admit(submit(store, {"kind": "map", "extract": wrong}), store, limits())
    store.add_artifact(extraction, ANALYSIS, b"{}")
    settings = admit(submit(store, {"kind": "map", "extract": extraction}), store, limits())
    assert (settings.steps, settings.perplexity, settings.most_photos) == (750, 30, 5000)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"perplexity": 4}, "5 to 100"),
        ({"steps": 2001}, "250 to 2000"),
        ({"most_photos": 20_001}, "10 to 20000"),
        ({"extract": "x"}, "extract"),
        ({"network": "vgg16"}, "network"),
    ],
)
def test_what_no_map_can_have_is_refused(changes, words):
    with pytest.raises(UserError, match=words):
        parse({"kind": "map", "extract": NOBODY, **changes})


def test_a_map_asks_no_network_and_is_no_picture_of_one():
    settings = parse({"kind": "map", "extract": NOBODY, "perplexity": 12.5})
    assert settings.needed_networks == settings.needed_weights == ()
    assert steerable(type(settings)) == ()
    assert title(settings) == "Map · t-SNE, perplexity 12.5"
    with pytest.raises(TypeError, match="map has no picture"):
        read_picture(settings.model_dump())


def test_random_weights_take_memory_and_no_download():
    plain = ExtractSettings(scan=NOBODY, network="vgg16")
    untrained = plain.model_copy(update={"weights": "random", "seed": 5})
    assert (plain.needed_weights, plain.weights_seed) == (("vgg16",), None)
    assert (untrained.needed_weights, untrained.weights_seed) == ((), 5)
    assert memory_mb(untrained) == memory_mb(plain)
    assert title(plain) == "Features · VGG16"
    assert title(untrained) == "Features · VGG16, random weights"


def test_fewer_digits_take_weights_of_their_own():
    plain = ExtractSettings(scan=NOBODY, network="vgg16")
    rough = plain.model_copy(update={"precision": "bfloat16"})
    assert memory_mb(rough) - memory_mb(plain) == 277  # half of 553 MB
    assert title(rough) == "Features · VGG16, bfloat16"


def test_features_too_large_to_be_kept_are_refused_before_anything_runs():
    flat = ExtractSettings(scan=NOBODY, network="vgg16", layer="block1_conv1", pooling="flat")
    with pytest.raises(TooLarge, match="3,211,264 numbers a photo"):
        check_memory(flat, limits(worker_memory_mb=100_000))
    check_memory(flat.model_copy(update={"pooling": "mean"}), limits(worker_memory_mb=100_000))
