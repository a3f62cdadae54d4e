"""Photos a second from JPEG files to features of EfficientNet-Lite0, beside what could be reached.

Four ways over the same files in alternating rounds of one process:

* the decoder alone, in two threads, and the folded network alone, on pixels that lie ready. As
  both want all cores, together they would reach 1 / (1/a + 1/b);
* ours, from the files to the shards in a store on disk;
* the lesson's way, ``image_dataset_from_directory`` mapped through the network as it comes.

Aims: at least 0.85 of what decoder and network reach together, at least 2.0 times the lesson's way.
The same ratios are told of processor seconds, which other programs on the machine disturb less;
they do not see a core that stands idle.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import photo_files

ROUNDS = 3
PHOTOS = 256
_NETWORK = "efficientnet-lite0"
_BATCH, _THREADS = 32, 2


def measure(rounds: int = ROUNDS, photos: int = PHOTOS) -> dict[str, Any]:
    """Rates of each way, and ratios of each round; the ratios told are medians of those."""
    import tensorflow as tf

    from tfcore.backbones.loading import cached, load
    from tfcore.features.extraction import extract
    from tfcore.features.program import program_for
    from tfcore.images import decode, fit_square, to_float
    from tfcore.store.features import FeatureStore

    program, plain = program_for(_NETWORK), load(_NETWORK, fast=False)
    size = plain.size
    bare = tf.function(cached(_NETWORK).features)

    def pixels(path: str) -> np.ndarray:
        return fit_square(decode(Path(path).read_bytes()), size)

    with tempfile.TemporaryDirectory() as folder:
        files = photo_files.write(Path(folder, "photos"), photos)
        paths = [source.path for source in files]
        ready = tf.constant(to_float(np.stack([pixels(path) for path in paths[:_BATCH]])))
        stores = iter(range(rounds + 1))

        def decoder() -> None:
            with ThreadPoolExecutor(_THREADS) as pool:
                for _ in pool.map(pixels, paths):
                    pass

        def network() -> None:
            for _ in range(0, photos, _BATCH):
                bare(ready).numpy()

        def ours() -> None:
            extract(FeatureStore(Path(folder, str(next(stores)))), program, files)

        def lesson() -> None:
            from keras.utils import image_dataset_from_directory

            batches = image_dataset_from_directory(
                str(Path(folder, "photos")),
                image_size=(size, size),
                batch_size=_BATCH,
                shuffle=False,
                verbose=False,
            )
            mapped = batches.map(lambda images, _: plain.features(images / 255.0))
            np.concatenate(list(mapped.as_numpy_iterator()))

        ways = {"decoder": decoder, "network": network, "ours": ours, "lesson": lesson}
        return figures(*_alternate(ways, rounds, photos))


def figures(rates: dict[str, list[float]], cpu_rates: dict[str, list[float]]) -> dict[str, Any]:
    """What is made of photos a second, and a processor second: one a round for each way."""
    return {
        **{f"{way}_photos_s": round(statistics.median(found), 1) for way, found in rates.items()},
        **_ratios(rates),
        **{f"cpu_{name}": found for name, found in _ratios(cpu_rates).items()},
    }


def _ratios(rates: dict[str, list[float]]) -> dict[str, Any]:
    together = [
        1 / (1 / a + 1 / b) for a, b in zip(rates["decoder"], rates["network"], strict=True)
    ]
    of_reach = [o / t for o, t in zip(rates["ours"], together, strict=True)]
    of_lesson = [o / t for o, t in zip(rates["ours"], rates["lesson"], strict=True)]
    return {
        "of_what_can_be_reached": round(statistics.median(of_reach), 3),
        "of_what_can_be_reached_in_rounds": [round(ratio, 3) for ratio in of_reach],
        "times_the_lesson": round(statistics.median(of_lesson), 2),
        "times_the_lesson_in_rounds": [round(ratio, 2) for ratio in of_lesson],
    }


def _alternate(
    ways: dict[str, Callable[[], None]], rounds: int, photos: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Photos a second and a processor second, one a round; the first round warms up only."""
    rates: dict[str, list[float]] = {way: [] for way in ways}
    cpu_rates: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds + 1):
        for way, run in ways.items():
            began, cpu = time.perf_counter(), time.process_time()
            run()
            if number:
                rates[way].append(photos / (time.perf_counter() - began))
                cpu_rates[way].append(photos / (time.process_time() - cpu))
    return rates, cpu_rates
