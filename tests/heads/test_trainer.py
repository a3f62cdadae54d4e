"""A head learns; every setting acts, and the same seed gives the same bits."""

import math

import keras
import numpy as np
import pytest

from tests.heads import making
from tfcore.errors import UserError
from tfcore.heads.material import divided
from tfcore.heads.scaling import fitted
from tfcore.heads.trainer import Samples, Trainer

MATERIAL = making.material()


def sides(material=MATERIAL, **changes: object):
    settings = making.settings(**changes)
    found = divided(material, settings.validation, settings.seed)
    both = [material.samples(side, material.classes) for side in (found.train, found.validation)]
    return settings, both


def trainer(material=MATERIAL, **changes: object) -> Trainer:
    settings, both = sides(material, **changes)
    return Trainer(settings, *both, len(material.classes))


def first(count: int = 3, **changes: object) -> list[dict[str, float]]:
    one = trainer(**changes)
    return [one.epoch() for _ in range(count)]


def same(one: Trainer, other: Trainer) -> bool:
    pairs = zip(one.arrays().values(), other.arrays().values(), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def test_it_learns_and_keeps_the_epoch_with_the_lowest_validation_loss() -> None:
    one = trainer(learning_rate=0.05)
    rows = [one.epoch() for _ in range(12)]
    losses = [row["val_loss"] for row in rows]
    assert rows[0]["train_loss"] > rows[-1]["train_loss"]
    assert max(row["val_accuracy"] for row in rows) > 0.9
    assert one.best.epoch == 1 + int(np.argmin(losses))
    assert one.best.figures == rows[one.best.epoch - 1]
    assert one.parameters == 12 * 3 + 3


def test_a_step_of_plain_gradient_descent_is_the_one_of_the_book() -> None:
    settings, (train, check) = sides(
        optimizer="sgd", learning_rate=0.5, batch_size=8192, scaling="none", class_weights=False
    )
    one = Trainer(settings, train, check, 3)
    figures = one.epoch()
    assert figures["train_loss"] == pytest.approx(math.log(3), abs=1e-6)  # it began at zero
    wrong = np.full((len(train), 3), 1 / 3) - np.eye(3)[train.labels]
    kernel = -0.5 * train.values.T @ wrong / len(train)
    np.testing.assert_allclose(one.layers.trained[0].numpy(), kernel, atol=1e-5)
    np.testing.assert_allclose(one.layers.trained[1].numpy(), -0.5 * wrong.mean(0), atol=1e-6)


@pytest.mark.parametrize("name", ["adam", "momentum", "adagrad", "rmsprop"])
def test_optimizers_do_what_keras_does(name) -> None:
    settings, (train, check) = sides(optimizer=name, batch_size=8192, weight_decay=0, steps=4)
    one = Trainer(settings, train, check, 3)
    shift, scale = fitted(train.values, "standard")
    model = keras.Sequential([keras.layers.Dense(3, kernel_initializer="zeros")])
    kinds = {"adam": "Adam", "adagrad": "Adagrad", "rmsprop": "RMSprop"}
    model.compile(
        keras.optimizers.SGD(0.001, momentum=0.9)
        if name == "momentum"
        else getattr(keras.optimizers, kinds[name])(0.001),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    scaled = (train.values - shift) * scale
    for _ in range(4):
        one.epoch()
    counts = np.bincount(train.labels)
    weights = len(train) / (3 * counts)
    model.fit(
        scaled, train.labels, batch_size=8192, epochs=4, verbose=0,
        class_weight=dict(enumerate(weights)),
    )  # fmt: skip
    # Adam makes whole steps of gradients that are nearly 0: of these the last bits decide.
    own, other = one.layers.trained[0].numpy(), model.get_weights()[0]
    assert np.abs(own - other).mean() < 0.005 * np.abs(other).mean()


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "sgd"},
        {"learning_rate": 0.01},
        {"dropout": 0.5},
        {"weight_decay": 5.0, "learning_rate": 0.05},
        {"clip_norm": 0.01, "optimizer": "sgd"},
        {"schedule": "exponential", "decay": 0.5},
        {"schedule": "cosine"},
        {"batch_size": 7},
        {"averaging": True},
        {"scaling": "unit"},
        {"seed": 1},
        {"hidden": "8"},
        {"hidden": "8", "initializer": "uniform"},
        {"hidden": "8", "batch_norm": True},
    ],
    ids=str,
)
def test_every_setting_acts(changes) -> None:
    plain = {key: value for key, value in changes.items() if key in ("hidden", "optimizer")}
    others = {key: value for key, value in changes.items() if key not in plain}
    base = plain if others else {}
    assert first(**changes) != first(**base)
    assert first(**changes) == first(**changes)


def test_class_weights_make_rare_classes_count_as_much() -> None:
    material = making.material({"cat": 150, "dog": 10}, apart=0.2)
    found = {}
    for weighted in (True, False):
        settings, both = sides(material, class_weights=weighted, learning_rate=0.03)
        one = Trainer(settings, *both, 2)
        for _ in range(12):
            one.epoch()
        guesses = one.logits(material.values).argmax(1)
        found[weighted] = (guesses == 1).mean()
    assert found[True] > 2 * found[False]


def test_clipping_bounds_the_step() -> None:
    one = trainer(clip_norm=0.01, optimizer="sgd", learning_rate=1, weight_decay=0, batch_size=8192)
    one.epoch()
    moved = math.sqrt(sum(float((v.numpy() ** 2).sum()) for v in one.layers.trained))
    assert moved == pytest.approx(0.01, rel=1e-4)


def test_schedules() -> None:
    falling = [row["learning_rate"] for row in first(3, schedule="exponential", decay=0.5)]
    assert falling == pytest.approx([0.001, 0.0005, 0.00025])
    arc = [row["learning_rate"] for row in first(12, schedule="cosine")]
    assert arc[0] == 0.001 and arc[6] == pytest.approx(0.0005) and arc[11] < 0.00003
    longer = [row["learning_rate"] for row in first(12, schedule="cosine", planned=24)]
    assert longer[11] > 0.0005


def test_steering_acts_from_the_next_epoch_on() -> None:
    one, other = trainer(), trainer()
    one.epoch(), other.epoch()
    other.steer({"learning_rate": 0.1, "dropout": 0.2, "weight_decay": 1.0, "else": 3})
    assert other.epoch()["learning_rate"] == 0.1
    assert not same(one, other)
    assert "else" not in other.knobs


@pytest.mark.parametrize(
    "changes", [{}, {"hidden": "8", "batch_norm": True, "dropout": 0.3, "averaging": True}]
)
def test_a_resumed_training_ends_with_the_same_bits(changes) -> None:
    whole = trainer(**changes)
    for _ in range(6):
        whole.epoch()
    begun = trainer(**changes)
    for _ in range(3):
        begun.epoch()
    begun.steer({"learning_rate": 0.001})
    resumed = trainer(**changes)
    resumed.epoch()  # what it did before it is told where to go on leaves no trace
    resumed.take(begun.arrays())
    for _ in range(3):
        resumed.epoch()
    assert same(whole, resumed)


def test_patience_ends_a_training_that_gets_no_better() -> None:
    one = trainer(learning_rate=5.0, patience=3, steps=500)
    while not one.is_done:
        one.epoch()
    assert one.number == one.best.epoch + 3 < 500


def test_a_batch_larger_than_the_data_is_all_of_them_at_once() -> None:
    assert first(batch_size=8192) == first(batch_size=len(sides()[1][0]))


def test_features_that_tell_nothing_are_refused() -> None:
    flat = Samples(np.ones((4, 3), np.float32), np.array([0, 1, 0, 1], np.int32))
    with pytest.raises(UserError, match="all the same"):
        Trainer(making.settings(), flat, flat, 2)
    broken = Samples(np.full((4, 3), np.nan, np.float32), flat.labels)
    with pytest.raises(UserError, match="no numbers"):
        Trainer(making.settings(), broken, broken, 2)


def test_a_feature_that_hardly_varies_is_not_blown_up() -> None:
    values = np.array([[0, 5], [1, 5], [2, 5 + 1e-6]], np.float32)
    _, scale = fitted(values, "standard")
    assert scale[1] < 300 * scale[0]
