"""Figures of a head, against counting by hand and scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from tests.heads import making
from tfcore.evaluation import Side
from tfcore.heads.calibration import calibration_error, log_loss, probabilities, temperature
from tfcore.heads.evaluation import evaluated
from tfcore.intervals import wilson

CLASSES = ("a", "b", "c", "d")


def judged(logits, labels, classes=CLASSES, heat: float = 1.0) -> Side:
    photos = [making.photo(number, classes[label]) for number, label in enumerate(labels)]
    return evaluated(
        np.asarray(logits, np.float32), np.asarray(labels, np.int32), photos, classes, heat
    )


def random(n: int = 200, k: int = 4, seed: int = 0):
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, k, n).astype(np.int32)
    logits = draw.standard_normal((n, k)) + 1.5 * np.eye(k)[labels]
    return logits.astype(np.float32), labels


def test_figures_agree_with_scikit_learn() -> None:
    logits, labels = random()
    found, guess = judged(logits, labels, heat=2.0), logits.argmax(1)
    chances = probabilities(logits / 2)
    expected = {
        "accuracy": metrics.accuracy_score(labels, guess),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, guess),
        "macro_f1": metrics.f1_score(labels, guess, average="macro"),
        "top3": metrics.top_k_accuracy_score(labels, chances, k=3),
        "log_loss": metrics.log_loss(labels, chances),
    }
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, abs=1e-4), name
    assert found.confusion == tuple(map(tuple, metrics.confusion_matrix(labels, guess).tolist()))
    assert (found.ci_low, found.ci_high) == pytest.approx(
        wilson(int((labels == guess).sum()), 200), abs=1e-4
    )
    assert found.collapsed is None


def test_every_photo_and_its_answer() -> None:
    found = judged([[2, 1, 0, 0], [0, 0, 3, 1]], [0, 3])
    photos = found.photos
    assert (photos.truth, photos.guess, photos.second) == ((0, 3), (0, 2), (1, 3))
    assert photos.file == ("a/0.png", "d/1.png")
    assert photos.confidence[0] == pytest.approx(np.exp(2) / (np.exp(2) + np.exp(1) + 2), abs=1e-4)
    missing, guessed = found.per_class[1], found.per_class[2]
    assert (missing.n, missing.recall, missing.precision) == (0, 0, 0)
    assert (guessed.n, guessed.precision) == (0, 0)
    assert found.balanced_accuracy == 0.5  # of the classes that have photos


def test_breeds_collapse_to_cat_and_dog() -> None:
    classes = ("Bengal", "Siamese", "pug", "boxer")
    logits = 5 * np.eye(4)[[1, 0, 3, 1]]
    found = judged(logits, [0, 0, 2, 3], classes).collapsed
    assert found is not None
    assert found.confusion == ((2, 0), (1, 1))
    assert found.accuracy == 0.75
    assert judged(logits, [0, 0, 2, 3], ("Paris", "Siamese", "pug", "boxer")).collapsed is None
    assert judged(logits, [0, 0, 2, 3], ("pug", "boxer", "beagle", "tosa")).collapsed is None


def test_temperature_mends_a_head_that_is_too_sure() -> None:
    logits, labels = random(4000)
    fair = temperature(logits, labels)
    assert temperature(5 * logits, labels) == pytest.approx(5 * fair, rel=0.02)
    heat = temperature(5 * logits, labels)
    assert log_loss(5 * logits / heat, labels) < log_loss(5 * logits, labels)
    found = judged(5 * logits, labels, heat=heat)
    assert found.ece < 0.03 < 0.15 < found.ece_before


def test_that_all_were_right_makes_no_head_certain() -> None:
    labels = np.arange(40, dtype=np.int32) % 2
    logits = (np.eye(2)[labels] * 4).astype(np.float32)
    sure = probabilities(logits / temperature(logits, labels)).max(1)
    assert sure == pytest.approx(41 / 42, abs=0.002)
    assert temperature(logits[:9], labels[:9]) == 1.0  # too few to tell


def test_the_calibration_error_is_the_gap_between_said_and_met() -> None:
    confidence = np.full(10, 0.9, np.float32)
    right = np.arange(10) < 6
    assert calibration_error(confidence, right) == pytest.approx(0.3)
