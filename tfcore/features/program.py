"""The compiled way from 8-bit pixels to features, one for each network, layer and pooling."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore import catalog
from tfcore.backbones.backbone import Backbone
from tfcore.backbones.building import LOCK
from tfcore.backbones.loading import cached
from tfcore.backbones.rough import in_bfloat16
from tfcore.errors import UserError
from tfcore.features.planning import BATCH, check_dim
from tfcore.procedures.kept import Kept
from tfcore.store.space import Pooling, Precision, Space

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

KEPT = 4
"""Programs kept; one of EfficientNet-Lite0 takes some ten megabytes beside its network."""


class Program:
    """Features of a network, traced once.

    It always computes a whole batch: fewer photos are filled up with black. So a photo's features
    do not depend on how many others there are.

    Args:
        backbone: The network; its fast twin is the quicker.
        layer: One of ``catalog.layers``; empty for the pooled features that the last layer reads.
        pooling: "mean" or "flat" with a layer, empty without.

    Raises:
        UnknownName: There is no such layer.
        UserError: A layer without a pooling, or the other way round.
        TooLarge: The features are more than ``planning.MAX_DIM`` numbers a photo.

    Example:
        >>> program = Program(load("efficientnet-lite0"))       # doctest: +SKIP
        >>> program(np.zeros((3, 224, 224, 3), np.uint8)).shape     # doctest: +SKIP
        (3, 1280)
    """

    def __init__(self, backbone: Backbone, layer: str = "", pooling: Pooling = "") -> None:
        self.space = space_of(backbone, layer, pooling)
        self._backbone = backbone
        shape = (BATCH, backbone.size, backbone.size, 3)
        self._compiled = tf.function(
            self._features, input_signature=[tf.TensorSpec(shape, tf.uint8)]
        )
        self._is_traced = False

    def __call__(self, photos: Pixels) -> Floats:
        """Features of some photos.

        Args:
            photos: RGB uint8, ``(n, size, size, 3)``, n from 1 to ``BATCH``.

        Returns:
            float32, ``(n, space.dim)``.

        Raises:
            UserError: They are of another shape or type, or too many.
        """
        size, count = self.space.size, len(photos)
        if photos.dtype != np.uint8 or photos.shape[1:] != (size, size, 3) or not count <= BATCH:
            raise UserError(
                f"an array of {photos.dtype} and shape {photos.shape}",
                f"uint8 of shape (1 to {BATCH}, {size}, {size}, 3)",
                "bring photos to the network's size with fit_square",
            )
        if count < BATCH:
            photos = np.concatenate(
                [photos, np.zeros((BATCH - count, *photos.shape[1:]), np.uint8)]
            )
        with nullcontext() if self._is_traced else LOCK:  # the first call traces
            values = self._compiled(photos)
        self._is_traced = True
        found: Floats = values.numpy()[:count]
        return found

    @property
    def traces(self) -> int:
        """How often it was traced: once."""
        return int(self._compiled.experimental_get_tracing_count())

    def _features(self, photos: tf.Tensor) -> tf.Tensor:
        images = tf.cast(photos, tf.float32) / 255.0
        if not self.space.layer:
            return tf.cast(self._backbone.features(images), tf.float32)
        # Before they are averaged: what has few digits must not be added up in few digits.
        activations = tf.cast(self._backbone.activations(images, self.space.layer), tf.float32)
        if self.space.pooling == "mean":
            return tf.reduce_mean(activations, axis=[1, 2])
        return tf.reshape(activations, (BATCH, self.space.dim))


def space_of(backbone: Backbone, layer: str = "", pooling: Pooling = "") -> Space:
    """What the features of a network lie in, their number among it; nothing is computed.

    Args:
        backbone: The network.
        layer: As in ``Program``.
        pooling: As in ``Program``.

    Raises:
        UnknownName: There is no such layer.
        UserError: A layer without a pooling, or the other way round.
        TooLarge: The features are more than ``planning.MAX_DIM`` numbers a photo.
    """
    network = backbone.network
    shape: tuple[int, ...] = (network.feature_dim,)
    if layer:
        # Not any layer of the model: folding changes what some of the others give.
        catalog.get_layer(network.name, layer)
        shape = tuple(map(int, backbone.model.get_layer(layer).output.shape[1:]))
    dim = shape[-1] if pooling == "mean" else int(np.prod(shape))
    check_dim(dim)
    return Space(
        network=network.name,
        weights=backbone.weights_digest,
        layer=layer,
        pooling=pooling,
        size=backbone.size,
        preprocessing=network.preprocessing,
        precision=backbone.precision,
        dim=dim,
    )


_programs: Kept[Program] = Kept(KEPT)


def program_for(
    network: str,
    layer: str = "",
    pooling: Pooling = "",
    size: int | None = None,
    seed: int | None = None,
    precision: Precision = "float32",
) -> Program:
    """The program of a network, made at the first call and shared by all shards.

    Safe to call from any thread.

    Args:
        network: A name of the catalog.
        layer: As in ``Program``.
        pooling: As in ``Program``.
        size: Height and width of what it sees, in pixels; None takes the network's own.
        seed: Of untrained weights; None takes the pretrained ones.
        precision: What the network computes in; ``precision.probe`` tells whether that gains.

    Raises:
        UnknownName: There is no such network or layer.
        WeightsMissing: The network's weights are not here and cannot be fetched.
        UserError: A layer without a pooling, or the other way round, or a size or a precision that
            it cannot take.
        TooLarge: The features are more than ``planning.MAX_DIM`` numbers a photo.
    """
    backbone = cached(network, size, seed)
    plan = (backbone.network.name, layer, pooling, backbone.size, seed, precision)

    def make() -> Program:
        asked = in_bfloat16(backbone) if precision == "bfloat16" else backbone
        return Program(asked, layer, pooling)

    return _programs.get(plan, [backbone], make)
