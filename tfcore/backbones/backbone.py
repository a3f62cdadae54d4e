"""A frozen network behind the pixel contract: RGB in [0, 1] goes in, preprocessing is inside."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfcore.backbones import structure
from tfcore.backbones.building import LOCK
from tfcore.backbones.preprocessing import preprocess
from tfcore.catalog import Network
from tfcore.errors import UnknownName, UserError
from tfcore.store.space import Precision


class Backbone:
    """A pretrained network that is looked at and never trained.

    Every method works eagerly and, about eight times faster, inside a ``tf.function``; trace that
    under ``building.LOCK``. Take gradients with respect to the images alone:
    ``tf.GradientTape(watch_accessed_variables=False)``.

    ``images`` are RGB in [0, 1], float32, ``(batch, size, size, 3)``. The ``raw_`` methods hand
    ``values`` of that shape to the network as they are, without preprocessing: with them the
    lesson's own procedure can be repeated, and nothing else should use them.

    Args:
        network: The catalog's row.
        model: Functional model from the network's range to logits.
        weights_digest: sha256 of the weights, see ``weights_digest``.
        fold_reason: Why batch norm is not folded in; None if it is.
        precision: What its layers compute in.

    Attributes:
        network: The catalog's row.
        size: Height and width of the images in pixels.
        folded: Whether this is the fast twin with batch norm folded in.
        fold_reason: Why it is not; None if it is.
        weights_digest: sha256 in hex, equal for a twin and its original.
        precision: What its layers compute in; images and answers are float32 all the same.
        model: The Keras model, from the network's range to logits.

    Example:
        >>> backbone = load("efficientnet-lite0")  # doctest: +SKIP
        >>> backbone.logits(tf.zeros((1, 224, 224, 3))).shape  # doctest: +SKIP
        TensorShape([1, 1000])
    """

    def __init__(
        self,
        network: Network,
        model: keras.Model,
        weights_digest: str,
        fold_reason: str | None,
        precision: Precision = "float32",
    ) -> None:
        model.trainable = False
        self.network, self.model, self.precision = network, model, precision
        self.size = int(model.input_shape[1])
        self.fold_reason, self.folded = fold_reason, fold_reason is None
        self.weights_digest = weights_digest
        self._parts: dict[tuple[str, ...], keras.Model] = {("logits",): model}
        self._at_any_size: dict[str, Backbone] = {}

    def logits(self, images: tf.Tensor) -> tf.Tensor:
        """Scores of the network's classes before the softmax, ``(batch, classes)``."""
        return self.raw_logits(self._preprocess(images))

    def features(self, images: tf.Tensor) -> tf.Tensor:
        """What the last layer reads, ``(batch, network.feature_dim)``.

        The pooled last feature maps, and in VGG the second dense layer.
        """
        return self._part("features")(self._preprocess(images), training=False)

    def activations(self, images: tf.Tensor, layer: str) -> tf.Tensor:
        """Output of a layer, ``(batch, height, width, channels)``.

        Args:
            images: RGB in [0, 1].
            layer: A layer's name; ``catalog.layers`` lists those that make good targets.

        Raises:
            UnknownName: If there is no such layer; the nearest names are offered.
        """
        return self.raw_activations(self._preprocess(images), layer)

    def logits_and_activations(
        self, images: tf.Tensor, layer: str, raw: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Logits and the output of a layer in one pass.

        Args:
            images: RGB in [0, 1]; with ``raw`` values in the network's own range.
            layer: A layer's name.
            raw: Whether to leave out the preprocessing.

        Raises:
            UnknownName: If there is no such layer; the nearest names are offered.
        """
        values = tf.convert_to_tensor(images, tf.float32) if raw else self._preprocess(images)
        logits, activations = self._part("logits", layer)(values, training=False)
        return logits, activations

    def raw_logits(self, values: tf.Tensor) -> tf.Tensor:
        """Logits of values that are in the network's range already, ``(batch, classes)``."""
        return self.model(tf.convert_to_tensor(values, tf.float32), training=False)

    def raw_activations(self, values: tf.Tensor, layer: str) -> tf.Tensor:
        """Output of a layer for values that are in the network's range already."""
        return self._part(layer)(tf.convert_to_tensor(values, tf.float32), training=False)

    def at_any_size(self, output: str) -> Backbone:
        """This network up to one output, for images of any size; it shares all weights.

        Made at the first call, in milliseconds. A layer before the dense ones can be had of every
        network. Height and width should be multiples of 32, as the padding of some networks was
        chosen for an even number of pixels at each halving.

        Args:
            output: "logits" or a layer's name; nothing else may be asked of the result.

        Raises:
            UserError: If the logits of a network with dense layers are asked for.
            UnknownName: If there is no such layer; the nearest names are offered.
        """
        if output == "logits" and not self.network.any_size:
            raise UserError(
                f"{self.network.title} at another size",
                f"{self.network.input_size} px, the only size its dense layers take",
                "choose a layer or a channel as the target",
            )
        with LOCK:
            if output not in self._at_any_size:
                part, images = self._part(output), keras.Input((None, None, 3))
                model = keras.models.clone_model(
                    part, input_tensors=images, clone_function=lambda layer: layer
                )
                twin = copy.copy(self)
                twin.model, twin._parts, twin._at_any_size = model, {(output,): model}, {}
                self._at_any_size[output] = twin
        return self._at_any_size[output]

    def _preprocess(self, images: tf.Tensor) -> tf.Tensor:
        return preprocess(images, self.network.preprocessing)

    def _part(self, *outputs: str) -> keras.Model:
        """The model up to some outputs, made at the first call: it shares all weights."""
        if outputs not in self._parts:
            with LOCK:
                tensors = [self._output(name) for name in outputs]
                single = tensors[0] if len(tensors) == 1 else tensors
                self._parts[outputs] = keras.Model(self.model.input, single)
        return self._parts[outputs]

    def _output(self, name: str) -> Any:
        if name == "logits":
            return self.model.output
        if name == "features":
            return structure.features(self.model)
        layers = {layer.name: layer for layer in self.model.layers}
        if name not in layers:
            raise UnknownName.among("layer", name, layers)
        return layers[name].output


def weights_digest(model: keras.Model) -> str:
    """Digest of all weights of a model: shapes and values in the model's order.

    Returns:
        sha256 in hex. Names are left out: Keras numbers some of them anew at every build.
    """
    digest = hashlib.sha256()
    for weight in model.weights:
        # A view, not a copy: one weight of VGG16 alone is 411 MB.
        array = np.asarray(memoryview(weight.value.read_value()))
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()
