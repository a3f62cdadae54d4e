"""The way to a ``Backbone``: load one, or share one that is loaded already."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np

from tfcore import catalog, head_file, trained
from tfcore.backbones import builders, checkpoint, lite
from tfcore.backbones.backbone import Backbone, weights_digest
from tfcore.backbones.building import LOCK
from tfcore.backbones.fetching import ensure_weights
from tfcore.backbones.folding import fold
from tfcore.backbones.heading import put_on
from tfcore.backbones.preprocessing import preprocess
from tfcore.backbones.untrained import initialise
from tfcore.catalog import Network
from tfcore.downloads.meter import Progress
from tfcore.errors import UserError
from tfcore.head_file import Trained

KEPT_MB = 640.0
"""Weights kept in memory, in megabytes: those of VGG16 and of several small networks."""

RANDOM_SEED = 0
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)  # of ImageNet's colours, as Keras has it
_log = logging.getLogger(__name__)


def load(
    name: str,
    weights: Literal["pretrained", "random", "untrained"] = "pretrained",
    size: int | None = None,
    fast: bool = True,
    progress: Progress | None = None,
    seed: int = 0,
) -> Backbone:
    """Load a network.

    Args:
        name: A name of the catalog.
        weights: "pretrained" on ImageNet, downloaded if need be; "untrained", as training would
            begin with; or "random", the same ones every time, of which each matters.
        size: Height and width of the images in pixels; None takes the network's own.
        fast: Whether to fold batch norm into the convolutions, which changes nothing else.
        progress: Told how far a download is.
        seed: Of untrained weights.

    Raises:
        UnknownName: If there is no such network.
        WeightsMissing: If the weights are not here and cannot be fetched.
        UserError: If the network cannot take the size, or the weights file is damaged.

    Example:
        >>> load("efficientnet-lite0").network.title  # doctest: +SKIP
        'EfficientNet-Lite0'
    """
    network = catalog.get(name)
    # Not under the lock: a download can take minutes, and others want to trace meanwhile.
    if weights == "pretrained":
        ensure_weights(network, progress)
    with LOCK:
        if network.family == trained.FAMILY:
            model = _headed(head_file.read(network.name), size)
        else:
            model = _filled(network, weights, size, seed)
        digest = weights_digest(model)
        reason: str | None = "the original was asked for"
        if fast:
            folding = fold(model, _probe(network, model))
            model, reason = folding.model, folding.reason
        return Backbone(network, model, digest, reason)


def _filled(network: Network, weights: str, size: int | None, seed: int) -> keras.Model:
    """A network of the table with its weights, which are here."""
    model = builders.build(network, size)
    path = catalog.weights_path(network)
    if weights == "untrained":
        initialise(model, seed)
    elif weights == "random":
        randomize(model, RANDOM_SEED)
    elif network.package is not None:
        lite.assign(model, checkpoint.read(Path(str(path))))
    else:
        _load_hdf5(model, network, str(path))
    return model


def _headed(head: Trained, size: int | None) -> keras.Model:
    """The pretrained network below a head, with the head on it."""
    about = head.about
    kind = "pretrained" if about.weights_seed is None else "untrained"
    model = _filled(catalog.get(about.network), kind, size, about.weights_seed or 0)
    if weights_digest(model) != about.weights_digest:
        raise UserError(
            f"other weights of {catalog.get(about.network).title} than those that "
            f"{about.title} was trained on",
            "the same",
            "train it again",
        )
    for place, values in head.backbone.items():
        model.weights[place].assign(values)
    return put_on(model, head)


def _load_hdf5(model: keras.Model, network: Network, path: str) -> None:
    try:
        model.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"a weights file for {network.title} that cannot be read ({error})",
            "the file that Keras published",
            f"delete {path} and try again",
        ) from error
    if network.family == "efficientnet":
        _divide_by_deviation(model)


def _divide_by_deviation(model: keras.Model) -> None:
    """Let EfficientNet's own normalization divide by ImageNet's deviation.

    The published file holds the deviation where a variance belongs, so that the layer divides by
    its root alone. Keras makes up for it with one more layer, which it leaves out of a model that
    is not built together with its weights, such as ours: here the number itself is put right.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            mean, variance, count = layer.get_weights()
            layer.set_weights([mean, variance * _DEVIATION, count])
            layer.finalize_state()


def _probe(network: Network, model: keras.Model) -> np.ndarray[Any, Any]:
    # One image: run eagerly, every layer's output stays in memory until the end.
    images = np.random.default_rng(0).uniform(size=(1, *model.input_shape[1:]))
    return np.asarray(preprocess(images, network.preprocessing))


def randomize(model: keras.Model, seed: int) -> None:
    """Draw all weights of a model anew, the same ones for the same seed.

    Kernels are drawn from He's normal distribution (He et al. 2015,
    https://arxiv.org/abs/1502.01852), batch-norm statistics and biases around their usual values,
    so that they matter.

    Args:
        model: The model; its weights are overwritten.
        seed: Seed of the draw.
    """
    generator = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.name == "count":
            continue  # of the pictures that a normalization has seen: it enters no sum
        shape = tuple(weight.shape)
        values = generator.standard_normal(shape, np.float32)
        if len(shape) > 1:
            # A depthwise kernel (height, width, channels, 1) sees one channel at a time.
            inputs = np.prod(shape[:-1]) if shape[-1] > 1 else np.prod(shape[:2])
            values *= np.sqrt(2 / inputs, dtype=np.float32)
        else:
            middle = 1 if weight.name in ("gamma", "moving_variance", "variance") else 0
            values = middle + 0.1 * np.clip(values, -3, 3)
        weight.assign(values)
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # Normalization computes with a copy of its weights


_Key = tuple[str, int, int | None, object]
"""Name, size, seed of untrained weights, and which version of a file that may change."""


class Cache:
    """The networks used last, shared between threads.

    Args:
        prepare: Sees to it that a network's weights are here; called without the lock, because a
            download can take minutes.
        loader: Makes a backbone from a network's name, a size and the seed of its weights, None for
            pretrained ones; called under ``building.LOCK``.
        limit_mb: Megabytes of weights kept; the network not used for longest goes first, and the
            newest stays, however large it is. A number of networks is no measure: every finished
            picture is shown to all that are here, and the largest weighs 300 times the smallest.
    """

    def __init__(
        self,
        prepare: Callable[[Network], object],
        loader: Callable[[str, int | None, int | None], Backbone],
        limit_mb: float = KEPT_MB,
    ) -> None:
        self._prepare, self._loader, self._limit_mb = prepare, loader, limit_mb
        self._kept: OrderedDict[_Key, tuple[Backbone, float]] = OrderedDict()
        # Apart from LOCK, so that a network that is here is had while another one is built.
        self._guard = threading.Lock()

    def get(self, name: str, size: int | None = None, seed: int | None = None) -> Backbone:
        """Give a network, loading it if it is not kept; raises what ``load`` raises."""
        network = catalog.get(name)
        is_own = network.family == trained.FAMILY
        version = trained.version(network.name) if is_own else None
        key = (network.name, network.input_size if size is None else size, seed, version)
        found = self._find(key)
        if found is not None:
            return found
        if seed is None:
            self._prepare(network)
        with LOCK:
            # Another thread may have loaded it while this one waited.
            found = self._find(key) or self._loader(network.name, size, seed)
            with self._guard:
                for older in [one for one in self._kept if one[:3] == key[:3]]:
                    del self._kept[older]
                self._kept[key] = found, network.weights_mb
                self._kept.move_to_end(key)
                while len(self._kept) > 1 and self._weights_mb() > self._limit_mb:
                    gone, _ = self._kept.popitem(last=False)
                    _log.info("let go of %s at %d px", *gone[:2])
        return found

    def _weights_mb(self) -> float:
        return sum(megabytes for _, megabytes in self._kept.values())

    def _find(self, key: _Key) -> Backbone | None:
        with self._guard:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]


def _load(name: str, size: int | None, seed: int | None) -> Backbone:
    if seed is None:
        return load(name, size=size)
    return load(name, "untrained", size=size, seed=seed)


_CACHE = Cache(ensure_weights, _load)


def cached(name: str, size: int | None = None, seed: int | None = None) -> Backbone:
    """Give a network's fast twin, shared by all threads of this process.

    The networks used last are kept, up to ``KEPT_MB`` of weights. Safe to call from any thread; it
    waits while another thread builds or traces, unless the network is here already.

    Args:
        name: A name of the catalog.
        size: Height and width of the images in pixels; None takes the network's own.
        seed: Of untrained weights, for which nothing is fetched; None gives the pretrained ones.

    Raises:
        UnknownName: If there is no such network.
        WeightsMissing: If the weights are not here and cannot be fetched.
        UserError: If the network cannot take the size.
    """
    return _CACHE.get(name, size, seed)
