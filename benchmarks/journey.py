"""From photos on disk to a trained head: ours, the lesson's way, and Keras with a cache.

Cats and dogs of the test bed, EfficientNet-Lite0, nothing computed before, ten epochs; the first
round warms up only. Ours looks through the folder, extracts features and trains a head; the lesson
sends every photo through network and head in every epoch (``image_dataset_from_directory``, a
frozen network with a Dense layer on it, ``model.fit``); the third maps the photos through the
network once and caches what came out in memory. All know the network beforehand: loading it is no
part of it.

Aim: at least 5 times the lesson's way. The ratio to Keras with a cache is told, however it falls.

    python -m benchmarks journey        # three rounds
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROUNDS = 3
EPOCHS = 10
AIM = 5.0
_NETWORK = "efficientnet-lite0"
_BATCH = 32


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Seconds of each way, and ratios of each round; the ratios told are medians of those."""
    root = Path(os.environ["TRANSFERLAB_TESTBED"], "cats_dogs")
    found: dict[str, list[float]] = {}
    accuracies: dict[str, float] = {}
    ways = {"ours": _ours, "lesson": _lesson, "keras_cached": _cached}
    for number in range(rounds + 1):
        for name, way in ways.items():
            seconds, accuracies[name] = _timed(way, root)
            if number:
                found.setdefault(name, []).append(seconds)
    return {**figures(found), "val_accuracy": accuracies, "epochs": EPOCHS}


def figures(seconds: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """What is made of the seconds of each round.

    Example:
        >>> rounds = {"ours": [2.0], "lesson": [20.0], "keras_cached": [3.0]}
        >>> told = figures(rounds)
        >>> told["times_the_lesson"], told["reached"], told["times_keras_with_a_cache"]
        (10.0, True, 1.5)
    """
    ratios = {
        name: [other / own for other, own in zip(seconds[name], seconds["ours"], strict=True)]
        for name in ("lesson", "keras_cached")
    }
    times = round(statistics.median(ratios["lesson"]), 2)
    return {
        **{f"{way}_s": round(statistics.median(all_), 2) for way, all_ in seconds.items()},
        "times_the_lesson": times,
        "times_the_lesson_in_rounds": [round(ratio, 2) for ratio in ratios["lesson"]],
        "aim": AIM,
        "reached": times >= AIM,
        "times_keras_with_a_cache": round(statistics.median(ratios["keras_cached"]), 2),
    }


def _timed(way: Callable[[Path], float], root: Path) -> tuple[float, float]:
    began = time.perf_counter()
    accuracy = way(root)
    return time.perf_counter() - began, accuracy


def _ours(root: Path) -> float:
    """Scan, extract into an empty store, train: what the product does, without its engine."""
    from tfcore.datasets.labelling import Labelling
    from tfcore.datasets.scanning import Scan
    from tfcore.features.extraction import extract
    from tfcore.features.planning import sources
    from tfcore.features.program import program_for
    from tfcore.heads.material import load
    from tfcore.heads.procedure import TrainProcedure
    from tfcore.settings import TrainSettings
    from tfcore.store.features import FeatureStore

    with tempfile.TemporaryDirectory() as folder:
        scan = Scan(root, labelling=Labelling.FOLDERS)
        while not scan.finished:
            scan.step()
        found, store, program = scan.listing(), FeatureStore(Path(folder)), program_for(_NETWORK)
        extract(store, program, sources(root, found.photos))
        material = load(store, program.space, found, root.name)
        settings = TrainSettings(extract="0" * 12, steps=EPOCHS, patience=0, batch_size=_BATCH)
        job = TrainProcedure(settings, material)
        while job.step_number < job.steps:
            job.step()
        return float(job.result().summary["val_accuracy"])


def _datasets(root: Path, size: int) -> tuple[Any, Any]:
    import keras

    parts = keras.utils.image_dataset_from_directory(
        str(root),
        validation_split=0.2,
        subset="both",
        seed=13,
        image_size=(size, size),
        batch_size=_BATCH,
        verbose=False,
    )
    return parts[0], parts[1]


def _lesson(root: Path) -> float:
    """Network and head in one model, trained from photos in every epoch."""
    import keras

    network = _network()
    inputs = keras.Input((network.size, network.size, 3))
    features = keras.Model(network.model.input, _features(network))
    features.trainable = False
    # As the network wants them: the lesson leaves this out, and its figures suffer, not its time.
    values = features(keras.layers.Rescaling(1 / 128, -127 / 128)(inputs), training=False)
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(values))
    return _fitted(model, *_datasets(root, network.size))


def _cached(root: Path) -> float:
    """Photos mapped through the network once; a head that learns from what was cached."""
    import keras
    import tensorflow as tf

    network = _network()
    features = keras.Model(network.model.input, _features(network))
    features.trainable = False

    def mapped(images: Any, labels: Any) -> tuple[Any, Any]:
        return features((images - 127.0) / 128.0, training=False), labels

    train, validation = (
        part.map(mapped).cache().prefetch(tf.data.AUTOTUNE)
        for part in _datasets(root, network.size)
    )
    inputs = keras.Input((network.network.feature_dim,))
    model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(inputs))
    return _fitted(model, train, validation)


def _fitted(model: Any, train: Any, validation: Any) -> float:
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(train, validation_data=validation, epochs=EPOCHS, verbose=0)
    return round(float(history.history["val_accuracy"][-1]), 4)


@cache
def _network() -> Any:
    """The network as it comes, loaded once: with batch norm, as the lesson has it."""
    from tfcore.backbones.loading import load

    return load(_NETWORK, fast=False)


def _features(network: Any) -> Any:
    from tfcore.backbones import structure

    return structure.features(network.model)
