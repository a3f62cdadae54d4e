"""Photos that nobody took, and features in which their classes lie apart, for tests."""

from hashlib import sha256

import numpy as np

from tfcore.datasets.records import Photo
from tfcore.heads.material import Material
from tfcore.settings import TrainSettings
from tfcore.store.space import Space

NOBODY = "0" * 12


def space(dim: int = 12, **changes: object) -> Space:
    fixed = {"network": "efficientnet-lite0", "weights": "0f", "size": 224, "preprocessing": "tf"}
    return Space(**{**fixed, "dim": dim, **changes})


def photo(number: int, label: str) -> Photo:
    digest = sha256(f"{label} {number}".encode()).hexdigest()
    return Photo(f"{label}/{number}.png", label, digest, 32, 32, "PNG")


def material(
    counts: dict[str, int] | None = None, *, dim: int = 12, apart: float = 1.5, seed: int = 0
) -> Material:
    """A cloud for each class; the further apart, the easier to tell."""
    draw = np.random.default_rng(seed)
    photos, values = [], []
    for label, count in (counts or {"cat": 60, "dog": 60, "fox": 60}).items():
        middle = draw.standard_normal(dim) * apart
        photos += [photo(number, label) for number in range(count)]
        values.append(3 + 0.2 * (middle + draw.standard_normal((count, dim))))
    return Material("pets", "d" * 64, space(dim), photos, np.concatenate(values).astype(np.float32))


def settings(**changes: object) -> TrainSettings:
    return TrainSettings.model_validate(
        {"extract": NOBODY, "steps": 12, "batch_size": 32, **changes}
    )
