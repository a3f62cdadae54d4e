"""The fast twin: batch norm folded into the convolution before it.

At inference batch norm is an affine map of each channel, ``gamma * (x - mean) / sqrt(variance +
epsilon) + beta``, and a convolution is linear in its kernel and bias, so the two are one
convolution (Jacob et al. 2018, https://arxiv.org/abs/1712.05877, section 3.2). As the twin is never
trained, its convolutions are of the kind whose gradient is quick (``frozen``).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from tfcore.backbones.building import LOCK
from tfcore.backbones.frozen import frozen_type

TOLERANCE = 1e-4
_PROBE_SIZE = 64  # for a model that takes any size
_CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Folding:
    """What became of a model.

    Args:
        model: The twin, or the original where no twin could be made.
        folded: Number of batch norms that are gone.
        reason: Why ``model`` is the original; None if it is the twin.
    """

    model: keras.Model
    folded: int
    reason: str | None


def fold(
    model: keras.Model, probe: np.ndarray[Any, Any] | None = None, tolerance: float = TOLERANCE
) -> Folding:
    """Make a frozen twin of a model with batch norm folded into the convolutions.

    A batch norm stays as it is unless it alone reads a ``Conv2D`` or ``DepthwiseConv2D`` that is
    called once and has no activation of its own. Every layer that remains keeps its name. The twin
    is run against the original; if it differs, the original is given back and the reason logged.

    Args:
        model: A functional model with one input and one output.
        probe: Inputs to compare on, in the model's range; None draws them from [-1, 1].
        tolerance: Largest difference of outputs allowed, relative to the largest output.

    Example:
        >>> fold(keras.applications.MobileNet(weights=None)).folded  # doctest: +SKIP
        27
    """
    with LOCK:
        pairs = foldable(model)
        if not pairs:
            return Folding(model, 0, "there is no batch norm that a convolution could take in")
        try:
            twin = _rebuild(model, pairs)
        except (TypeError, ValueError, NotImplementedError) as error:
            return _keep(model, f"the network cannot be rebuilt: {error}")
        difference = _difference(model, twin, _probe(model) if probe is None else probe)
    if not difference <= tolerance:  # so that NaN fails too
        return _keep(model, f"its outputs differ by {difference:.1e}, allowed are {tolerance:.0e}")
    return Folding(twin, len(pairs), None)


def _keep(model: keras.Model, reason: str) -> Folding:
    _log.warning("%s keeps its batch norm: %s", model.name, reason)
    return Folding(model, 0, reason)


def foldable(model: keras.Model) -> dict[str, keras.layers.Layer]:
    """Find the batch norms to fold, by the name of the convolution that takes each in."""
    # Keras has no public way to ask who reads a tensor; nodes are the calls of this model's graph.
    levels = model._nodes_by_depth.values()
    nodes = [node for level in levels for node in level if not node.is_input]
    calls: dict[int, int] = {}
    readers: dict[int, list[Any]] = {}
    for node in nodes:
        calls[id(node.operation)] = calls.get(id(node.operation), 0) + 1
        for tensor in node.input_tensors:
            readers.setdefault(id(tensor), []).append(node)
    outputs = {id(tensor) for tensor in model.outputs}
    pairs = {}
    for node in nodes:
        conv, result = node.operation, node.output_tensors[0]
        reading = readers.get(id(result), [])
        if type(conv) not in _CONVOLUTIONS or len(reading) != 1 or id(result) in outputs:
            continue
        norm = reading[0].operation
        called_once = calls[id(conv)] == calls[id(norm)] == 1
        if called_once and _is_linear(conv) and _is_plain_norm(reading[0]):
            pairs[conv.name] = norm
    return pairs


def _is_linear(conv: keras.layers.Layer) -> bool:
    linear = conv.activation in (None, keras.activations.linear)
    return linear and conv.data_format == "channels_last"


def _is_plain_norm(node: Any) -> bool:
    """Whether a call is of a batch norm over channels that uses its moving statistics."""
    norm = node.operation
    if type(norm) is not keras.layers.BatchNormalization or norm.axis not in (-1, 3):
        return False
    return not node.arguments.kwargs.get("training") and len(node.arguments.args) == 1


def _rebuild(model: keras.Model, pairs: dict[str, keras.layers.Layer]) -> keras.Model:
    gone = {norm.name for norm in pairs.values()}
    copies: list[tuple[keras.layers.Layer, keras.layers.Layer]] = []

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        if not isinstance(layer, keras.layers.Layer):
            return layer  # a bare operation such as x + 3: it holds nothing
        settings = layer.get_config()
        if layer.name in pairs:
            settings["use_bias"] = True
        twin = frozen_type(layer).from_config(settings)
        copies.append((layer, twin))
        return twin

    def call(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        return args[0] if layer.name in gone else layer(*args, **kwargs)

    # An input of our own: Keras would give a new one the name of its tensor.
    inputs = keras.Input(batch_shape=model.input.shape, name=model.layers[0].name)
    twin = keras.models.clone_model(model, inputs, clone_function=copy, call_function=call)
    for original, layer in copies:
        if original.name in pairs:
            layer.set_weights(_folded_weights(original, pairs[original.name]))
        elif original.name not in gone:
            layer.set_weights(original.get_weights())
            if hasattr(layer, "finalize_state"):
                layer.finalize_state()  # Normalization computes with a copy of its weights
        if hasattr(layer, "freeze"):
            layer.freeze()
    twin.trainable = False
    return twin


def _folded_weights(
    conv: keras.layers.Layer, norm: keras.layers.Layer
) -> list[np.ndarray[Any, Any]]:
    """Kernel and bias of the one convolution that does what both layers do."""
    # In float64, for the root and the quotient: rounded once, at the end.
    statistics = iter(np.asarray(array, np.float64) for array in norm.get_weights())
    gamma = next(statistics) if norm.scale else 1.0
    beta = next(statistics) if norm.center else 0.0
    mean, variance = statistics
    scale = gamma / np.sqrt(variance + norm.epsilon)
    kernel, *bias = conv.get_weights()
    shift = beta + ((bias[0] if bias else 0.0) - mean) * scale
    if type(conv) is keras.layers.DepthwiseConv2D:
        # Its kernel is (height, width, channels, multiplier); the last two make up the output.
        scale = scale.reshape(kernel.shape[2:])
    return [(kernel * scale).astype(np.float32), shift.astype(np.float32)]


def _probe(model: keras.Model) -> np.ndarray[Any, Any]:
    shape = [_PROBE_SIZE if n is None else n for n in model.input_shape[1:]]
    generator = np.random.default_rng(0)
    return generator.uniform(-1, 1, (1, *shape)).astype(np.float32)


def _difference(model: keras.Model, twin: keras.Model, probe: np.ndarray[Any, Any]) -> float:
    """Largest difference of the outputs, relative to the largest of the original's."""
    expected, got = (np.asarray(m(probe, training=False), np.float64) for m in (model, twin))
    return float(np.abs(got - expected).max() / max(np.abs(expected).max(), 1e-12))
