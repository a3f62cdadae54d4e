"""Heads without any training, for tests."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tfcore import head_file, trained
from tfcore.head_file import Dense, Trained

NAME = trained.name_of("0123456789ab")


def numbers(shape: tuple[int, ...], seed: int = 0) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def made(
    classes: tuple[str, ...] = ("cat", "dog"),
    *,
    network: str = "efficientnet-lite0",
    digest: str = "0" * 64,
    seed: int | None = None,
    dim: int = 1280,
    size: int = 224,
    hidden: int = 0,
    layer: str = "",
    pooling: str = "",
    backbone: Mapping[int, npt.NDArray[np.float32]] | None = None,
) -> Trained:
    """A head of random weights."""
    units = (hidden, len(classes)) if hidden else (len(classes),)
    layers, inputs = [], dim
    for number, outputs in enumerate(units):
        kernel = numbers((inputs, outputs), number) / np.float32(np.sqrt(inputs))
        layers.append(Dense(kernel, numbers((outputs,), number + 10)))
        inputs = outputs
    about = trained.About(
        network=network,
        weights_digest=digest,
        weights_seed=seed,
        layer=layer,
        pooling=pooling,  # type: ignore[arg-type]
        size=size,
        dim=dim,
        units=units,
        classes=classes,
        title="My pets",
        is_fine_tuned=bool(backbone),
    )
    return head_file.Trained(about, layers, backbone or {})
