"""A linear head on 20,000 x 1,280 features: ours, Keras's ``model.fit``, and scikit-learn.

Features and classes are drawn: ten overlapping clouds, cut off at zero as a network's features are.
``model.fit`` has scaled features, Adam at its usual 0.001, and batches of 256. What it reaches in
ten epochs is the goal; each way's time counts from unscaled features and no layers until its
validation loss is as low. Ours goes the way twice: with the page's defaults (the same Adam, batches
of 64, which cost it little, because no batch comes back to Python), and with batches of 256, told
as ``same_batch``. All take turns, so that others on the machine disturb them alike; a ratio told is
the median over the rounds.

Beside it: LogisticRegression of scikit-learn, and what the engine's loop with its ticks, figures
and checkpoints costs over calling the training step by step.

Aims: ``model.fit`` takes at least 5 times as long; the ticks cost at most 5 %.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

import numpy as np

ROUNDS = 3
PHOTOS, DIM, CLASSES = 20_000, 1_280, 10
_BATCH, _EPOCHS, _RATE = 256, 10, 0.001
_MOST_EPOCHS = 200
_LOOP_EPOCHS = 60


def measure(rounds: int = ROUNDS, photos: int = PHOTOS) -> dict[str, Any]:
    """Seconds of each way, and ratios of each round."""
    from tfcore.heads.trainer import Samples
    from tfcore.settings import TrainSettings

    draw = np.random.default_rng(0)
    labels = draw.integers(0, CLASSES, photos).astype(np.int32)
    middles = draw.standard_normal((CLASSES, DIM)) * 0.12
    values = np.maximum(middles[labels] + draw.standard_normal((photos, DIM)), 0)
    cut = photos * 4 // 5
    train = Samples(values[:cut].astype(np.float32), labels[:cut])
    check = Samples(values[cut:].astype(np.float32), labels[cut:])
    settings = TrainSettings(extract="0" * 12, learning_rate=_RATE, steps=_MOST_EPOCHS, patience=0)
    alike = settings.model_copy(update={"batch_size": _BATCH})
    fits, ours, same, per_epoch, losses = [], [], [], [], []
    for _ in range(rounds):
        goal, seconds, an_epoch = _fit(train, check)
        fits.append(seconds)
        taken, loss, _ = _ours(settings, train, check, goal)
        ours.append(taken)
        losses.append((goal, loss))
        taken, _, own_epoch = _ours(alike, train, check, goal)
        same.append(taken)
        per_epoch.append(an_epoch / own_epoch)
    ratios = [fit / own for fit, own in zip(fits, ours, strict=True)]
    same_ratios = [fit / own for fit, own in zip(fits, same, strict=True)]
    return {
        "load_average": round(os.getloadavg()[0], 1),
        "fit_seconds": [round(one, 2) for one in fits],
        "our_seconds": [round(one, 2) for one in ours],
        "fit_and_our_val_loss": [[round(one, 4) for one in pair] for pair in losses],
        "times_faster": round(statistics.median(ratios), 2),
        "times_faster_in_rounds": [round(one, 2) for one in ratios],
        "same_batch_seconds": [round(one, 2) for one in same],
        "same_batch_times_faster": round(statistics.median(same_ratios), 2),
        "times_faster_an_epoch": round(statistics.median(per_epoch), 2),
        "logistic_regression": _logistic(train, check),
        "loop": _loop(train, rounds),
    }


def _fit(train: Any, check: Any) -> tuple[float, float, float]:
    """The lowest validation loss, seconds from nothing until it, and seconds of a later epoch."""
    import keras

    from tfcore.heads.scaling import fitted

    ends: list[float] = []
    began = time.perf_counter()
    shift, scale = fitted(train.values, "standard")
    scaled, checked = ((side.values - shift) * scale for side in (train, check))
    model = keras.Sequential([keras.layers.Dense(CLASSES, kernel_initializer="zeros")])
    model.compile(
        keras.optimizers.Adam(_RATE),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    told = model.fit(
        scaled,
        train.labels,
        batch_size=_BATCH,
        epochs=_EPOCHS,
        validation_data=(checked, check.labels),
        verbose=0,
        callbacks=[
            keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: ends.append(time.perf_counter()))
        ],
    )
    losses = told.history["val_loss"]
    best = int(np.argmin(losses))
    return losses[best], ends[best] - began, statistics.median(np.diff(ends))


def _ours(settings: Any, train: Any, check: Any, goal: float) -> tuple[float, float, float]:
    """Seconds from nothing until the goal is reached, what was reached, and seconds an epoch."""
    from tfcore.heads.trainer import Trainer

    began = time.perf_counter()
    trainer = Trainer(settings, train, check, CLASSES)
    epochs, loss, reached = [], np.inf, 0.0
    while not reached or len(epochs) < _EPOCHS:
        start = time.perf_counter()
        loss = min(loss, trainer.epoch()["val_loss"])
        epochs.append(time.perf_counter() - start)
        if not reached and (loss <= goal or trainer.is_done):
            reached = time.perf_counter() - began
    return reached, loss, statistics.median(epochs[1:])


def _logistic(train: Any, check: Any) -> dict[str, float]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    from tfcore.heads.scaling import fitted

    began = time.perf_counter()
    shift, scale = fitted(train.values, "standard")
    model = LogisticRegression(C=0.001).fit((train.values - shift) * scale, train.labels)
    taken = time.perf_counter() - began
    chances = model.predict_proba((check.values - shift) * scale)
    return {"seconds": round(taken, 2), "val_loss": round(log_loss(check.labels, chances), 4)}


def _loop(train: Any, rounds: int) -> dict[str, Any]:
    """What the engine's loop costs: seconds of both ways in turn, over the same epochs."""
    from hashlib import sha256

    from tfcore.datasets.records import Photo
    from tfcore.engine.loop import Drive
    from tfcore.engine.mailbox import Mailbox
    from tfcore.events import to_message
    from tfcore.heads.material import Material
    from tfcore.heads.procedure import TrainProcedure
    from tfcore.settings import TrainSettings
    from tfcore.store.space import Space

    space = Space(network="efficientnet-lite0", weights="0f", size=224, preprocessing="tf", dim=DIM)
    photos = [
        Photo(f"{n}.jpg", str(label), sha256(str(n).encode()).hexdigest(), 32, 32, "JPEG")
        for n, label in enumerate(train.labels)
    ]
    material = Material("drawn", "d" * 64, space, photos, train.values)
    settings = TrainSettings(
        extract="0" * 12, batch_size=_BATCH, steps=_LOOP_EPOCHS + 1, patience=0
    )

    def bare() -> float:
        job = TrainProcedure(settings, material)
        job.step()
        began = time.perf_counter()
        while job.step_number < job.steps:
            job.step()
        return time.perf_counter() - began

    def driven() -> float:
        job = TrainProcedure(settings, material)
        job.step()
        with Mailbox("bench", 1) as mailbox:
            drive = Drive(job, "bench", 1, mailbox, to_message)
            began = time.perf_counter()
            drive.go()
            return time.perf_counter() - began

    costs = [driven() / bare() - 1 for _ in range(rounds)]
    return {
        "cost": round(statistics.median(costs), 3),
        "in_rounds": [round(one, 3) for one in costs],
    }
