"""Loading and sharing: sizes, seeds, damaged files, one lock, four kept."""

import functools
import threading

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.applications import efficientnet
from keras.src.legacy.saving import legacy_h5_format

from tfcore import catalog
from tfcore.backbones import builders
from tfcore.backbones.building import LOCK
from tfcore.backbones.loading import Cache, cached, load, randomize
from tfcore.errors import UnknownName, UserError

PATIENCE_SECONDS = 20


def test_random_weights_are_the_same_ones_every_time(small):
    again = load("mobilenet-0.25", weights="random", size=64)
    assert again.weights_digest == small.weights_digest
    x = tf.fill((1, 64, 64, 3), 0.3)
    np.testing.assert_array_equal(again.logits(x), small.logits(x))


def test_what_a_backbone_says_of_itself(lite0):
    assert lite0.network is catalog.get("efficientnet-lite0")
    assert (lite0.size, lite0.folded, lite0.fold_reason) == (224, True, None)
    assert len(lite0.weights_digest) == 64


@pytest.mark.parametrize(
    ("name", "size"), [("vgg16", 200), ("mobilenet-0.25", 31), ("inception-v3", 74)]
)
def test_a_size_that_a_network_cannot_take_is_refused(name, size):
    with pytest.raises(UserError, match=f"{size} px"):
        load(name, weights="random", size=size)


def test_an_unknown_network_is_refused():
    with pytest.raises(UnknownName, match="resnet50"):
        load("resnet51")


def test_a_weights_file_of_something_else_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    path = tmp_path / "models" / catalog.get("mobilenet-0.25").weights_file
    path.parent.mkdir()
    with h5py.File(path, "w") as file:
        file["numbers"] = [1, 2, 3]
    with pytest.raises(UserError, match="delete"):
        load("mobilenet-0.25")


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras, as it writes the old format
def test_efficientnet_sees_what_keras_lets_it_see(monkeypatch, tmp_path):
    """From its file to its logits, against the model that Keras builds together with its weights.

    Keras leaves a layer out of models that are built without. A small relative stands for B0.
    """
    small = functools.partial(
        efficientnet.EfficientNet, 0.25, 0.5, 64, weights_name="b0", name="efficientnetb0",
        blocks_args=efficientnet.DEFAULT_BLOCKS_ARGS[:1], classifier_activation=None,
    )  # fmt: skip
    source = small(weights=None)
    randomize(source, 3)
    norm = next(x for x in source.layers if isinstance(x, keras.layers.Normalization))
    # As in the published file: the deviation stands where the variance belongs.
    mean, deviation = np.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]], np.float32)
    norm.set_weights([mean, deviation, np.int32(0)])
    path = tmp_path / "models" / "efficientnetb0.h5"
    path.parent.mkdir()
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, source)
    monkeypatch.setattr(efficientnet.file_utils, "get_file", lambda *_, **__: str(path))
    kerass = small(weights="imagenet")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setitem(builders._EFFICIENTNET, "b0", small)
    ours = load("efficientnet-b0", size=64)
    assert ours.folded
    levels = np.random.default_rng(1).integers(0, 256, (2, 64, 64, 3)).astype(np.float32)
    np.testing.assert_allclose(
        ours.logits(levels / 255),
        kerass(levels),
        rtol=1e-3,
        atol=1e-4 * np.abs(kerass(levels)).max(),
    )
    seen = keras.Model(ours.model.input, ours.model.get_layer("stem_conv_pad").input)(levels)
    np.testing.assert_allclose(seen, (levels / 255 - mean) / deviation, rtol=1e-4, atol=1e-4)


def test_the_shared_network_is_one_and_the_same(lite0):
    assert cached("efficientnet-lite0") is cached("EfficientNet-Lite0", size=224)
    assert cached("efficientnet-lite0").weights_digest == lite0.weights_digest


def fake_cache(**options):
    loads = []

    def loader(name, size, seed):
        loads.append(name)
        return f"{name} at {size}"

    return Cache(lambda network: None, loader, **options), loads


def test_the_network_not_used_for_longest_goes_first():
    names = ["mobilenet-0.25", "mobilenet-0.5", "mobilenet-0.75", "mobilenet-1.0"]
    room = sum(catalog.get(name).weights_mb for name in names)
    cache, loads = fake_cache(limit_mb=room)
    for name in names:
        cache.get(name)
    cache.get(names[0])
    cache.get("mobilenet-v2-0.35")
    assert len(loads) == 5
    cache.get(names[0])
    cache.get("mobilenet-v2-0.35")
    assert len(loads) == 5
    cache.get(names[1])
    assert loads[-1] == names[1]


def test_a_large_network_lets_small_ones_go_and_stays_itself():
    cache, loads = fake_cache(limit_mb=100)
    for name in ("mobilenet-0.25", "vgg16", "vgg16", "mobilenet-0.25", "mobilenet-0.25"):
        cache.get(name)
    assert loads == ["mobilenet-0.25", "vgg16", "mobilenet-0.25"]


def test_sizes_are_kept_apart():
    cache, loads = fake_cache()
    assert cache.get("resnet50") == cache.get("resnet50", 224)
    assert cache.get("resnet50", 128) == "resnet50 at 128"
    assert len(loads) == 2


def test_threads_that_ask_at_once_share_one_load():
    cache, loads = fake_cache()
    with LOCK:
        threads = [threading.Thread(target=cache.get, args=("vgg16",)) for _ in range(6)]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert loads == ["vgg16"]


def test_a_network_that_is_here_is_had_while_another_thread_builds():
    cache, _ = fake_cache()
    cache.get("vgg16")
    held, release, found = threading.Event(), threading.Event(), []

    def build():
        with LOCK:
            held.set()
            release.wait(PATIENCE_SECONDS)

    builder = threading.Thread(target=build)
    builder.start()
    assert held.wait(PATIENCE_SECONDS)
    reader = threading.Thread(target=lambda: found.append(cache.get("vgg16")), daemon=True)
    reader.start()
    reader.join(PATIENCE_SECONDS / 4)
    release.set()
    builder.join(PATIENCE_SECONDS)
    assert found == ["vgg16 at None"]


def test_a_failed_load_is_tried_again():
    answers = iter([UserError("a", "b", "c"), "loaded"])

    def loader(name, size, seed):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    cache = Cache(lambda network: None, loader)
    with pytest.raises(UserError):
        cache.get("vgg16")
    assert cache.get("vgg16") == "loaded"


def test_a_download_does_not_hold_the_lock():
    free = []

    def prepare(network):
        def probe():
            free.append(LOCK.acquire(timeout=PATIENCE_SECONDS / 4))
            if free[-1]:
                LOCK.release()

        thread = threading.Thread(target=probe)
        thread.start()
        thread.join()

    Cache(prepare, lambda name, size, seed: name).get("vgg16")
    assert free == [True]
