"""Evaluations without any training, for tests: a network that is mostly right."""

import numpy as np

from tfcore.evaluation import Collapsed, Evaluation, OfClass, Photos, Side
from tfcore.intervals import wilson

BINS = 10


def photos_of(truth, classes, digests=None, files=None, *, wrong=0.2, seed=0):
    """What a made-up network says of these photos: about a fifth is guessed wrong."""
    draw = np.random.default_rng(seed)
    count = len(truth)
    misses = draw.random(count) < wrong
    misses[0] = count > 1
    others = [(one + 1 + int(draw.integers(classes - 1))) % classes for one in truth]
    guess = [o if m else t for t, o, m in zip(truth, others, misses, strict=True)]
    return Photos(
        digest=digests or [f"{number:064x}" for number in range(count)],
        file=files or [f"{number}.png" for number in range(count)],
        truth=truth,
        guess=guess,
        confidence=[round(float(c), 4) for c in draw.uniform(0.5, 1.0, count)],
        second=[t if m else o for t, o, m in zip(truth, others, misses, strict=True)],
    )


def side_of(photos, names, *, collapsed=None):
    """The figures that follow from what was said of each photo."""
    truth, guess = np.array(photos.truth), np.array(photos.guess)
    confidence, hit = np.array(photos.confidence), np.array(photos.truth) == np.array(photos.guess)
    confusion = np.zeros((len(names), len(names)), int)
    np.add.at(confusion, (truth, guess), 1)
    rows, columns = confusion.sum(1), confusion.sum(0)
    recall = np.diag(confusion) / np.maximum(rows, 1)
    precision = np.diag(confusion) / np.maximum(columns, 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    low, high = wilson(int(hit.sum()), len(hit))
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins = [
        (float(confidence[at].mean()), float(hit[at].mean()), int(at.sum()))
        for at in (place == number for number in range(BINS))
        if at.any()
    ]
    ece = sum(abs(c - a) * n for c, a, n in bins) / len(hit)
    return Side(
        n=len(hit),
        accuracy=float(hit.mean()),
        ci_low=low,
        ci_high=high,
        balanced_accuracy=float(recall[rows > 0].mean()),
        top3=float((hit | (np.array(photos.second) == truth)).mean()),
        macro_f1=float(f1.mean()),
        log_loss=0.4,
        ece=ece,
        ece_before=min(1.0, 1.5 * ece),
        reliability=bins,
        reliability_before=[(min(1.0, c + 0.04), a, n) for c, a, n in bins],
        per_class=[
            OfClass(name=n, n=int(r), precision=float(p), recall=float(c), f1=float(f))
            for n, r, p, c, f in zip(names, rows, precision, recall, f1, strict=True)
        ],
        confusion=confusion.tolist(),
        photos=photos,
        collapsed=collapsed,
    )


def evaluation(names=("cat", "dog"), count=40, *, with_test=False, photos=None, collapsed=None):
    """A whole evaluation; every class has the same number of photos."""
    truth = [number % len(names) for number in range(count)]
    first = photos or photos_of(truth, len(names))
    sides = {"validation": side_of(first, names, collapsed=collapsed)}
    if with_test:
        sides["test"] = side_of(photos_of(truth, len(names), seed=1, wrong=0.3), names)
    return Evaluation(classes=names, network="efficientnet-lite0", temperature=1.4, sides=sides)


def two(confusion):
    """As two classes: cat and dog."""
    right, count = confusion[0][0] + confusion[1][1], sum(map(sum, confusion))
    low, high = wilson(right, count)
    return Collapsed(accuracy=right / count, ci_low=low, ci_high=high, confusion=confusion)
