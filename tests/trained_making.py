"""Heads without any training, for tests."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tests.store import making
from tfcore import head_file, labels, trained
from tfcore.backbones.backbone import Backbone
from tfcore.events import RunState
from tfcore.head_file import Dense, Trained
from tfcore.store.writer import RunWriter

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


def sliced(base: Backbone, *names: str) -> Trained:
    """A head that needs no training: of the network's own last layer, the outputs of some classes.

    Args:
        base: The network, as loaded.
        names: Classes of ImageNet; they are the head's.
    """
    kernel, bias = base.model.layers[-1].get_weights()
    indices = [labels.find(name).index for name in names]
    about = trained.About(
        network=base.network.name,
        weights_digest=base.weights_digest,
        size=base.size,
        dim=kernel.shape[0],
        units=(len(names),),
        classes=names,
        title="A few of them",
    )
    return Trained(about, [Dense(kernel[:, indices].copy(), bias[indices].copy())])


def record(store: RunWriter, head: Trained, owner: str, **fields: object) -> str:
    """A finished run that has left a head, as an engine records it; returns the network's name."""
    run = making.add_run(
        store, owner=owner, state=RunState.FINISHED, kind="train", extract="0" * 12, fields=fields
    )
    store.update(run, summary={"is_judged": True})
    store.add_artifact(run, trained.FILE, head.to_bytes())
    trained.install(trained.name_of(run), head.to_bytes(), store.path.parent)
    return trained.name_of(run)
