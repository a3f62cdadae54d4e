"""A model in each of the formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore.backbones.building import LOCK
from tfcore.exports.graph import INPUT, OUTPUT
from tfcore.formats import Format

Pixels = npt.NDArray[np.uint8]


def write(model: keras.Model, form: Format, folder: Path, calibration: Pixels) -> None:
    """Write a model.

    Args:
        model: As ``graph.whole`` gives it.
        form: The format.
        folder: Where ``form.file`` is made.
        calibration: Photos by which the scales of int8 are chosen, RGB, ``(n, size, size, 3)``.

    Raises:
        ValueError, RuntimeError, TypeError, NotImplementedError: The format's own writer cannot
            express the model.
    """
    _WRITERS[form.name](model, folder / form.file, calibration)


def _keras(model: keras.Model, place: Path, calibration: Pixels) -> None:
    del calibration
    model.save(place)


def _saved_model(model: keras.Model, place: Path, calibration: Pixels) -> None:
    del calibration

    def serve(image: Any) -> dict[str, Any]:
        return {OUTPUT: model(image, training=False)}

    # Not Keras's own archive: it writes every variable twice, which doubles the file.
    module = tf.Module()
    module.kept = [variable.value for variable in model.variables]
    signature = tf.TensorSpec(model.input.shape, tf.float32, name=INPUT)
    with LOCK:
        module.serve = tf.function(serve, input_signature=[signature], autograph=False)
        tf.saved_model.save(module, str(place), signatures=module.serve)


def _litert(model: keras.Model, place: Path, calibration: Pixels) -> None:
    del calibration
    place.write_bytes(_converted(model, lambda converter: None))


def _litert_int8(model: keras.Model, place: Path, calibration: Pixels) -> None:
    def examples() -> Iterator[dict[str, Any]]:
        for photo in calibration:
            yield {INPUT: photo[None].astype(np.float32)}

    def round_off(converter: Any) -> None:
        """Weights and activations as integers (Jacob et al. 2018, arXiv:1712.05877).

        What goes in and comes out stays float32, so that the contract is the same for all.
        """
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = examples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]

    place.write_bytes(_converted(model, round_off))


def _converted(model: keras.Model, prepare: Callable[[Any], None]) -> bytes:
    with TemporaryDirectory(prefix="transferlab-") as folder:
        place = Path(folder) / "model"
        _saved_model(model, place, np.zeros((0,), np.uint8))
        converter = tf.lite.TFLiteConverter.from_saved_model(str(place))
        prepare(converter)
        return bytes(converter.convert())


def _onnx(model: keras.Model, place: Path, calibration: Pixels) -> None:
    del calibration
    import onnx

    signature = [tf.TensorSpec(model.input.shape, tf.float32, name=INPUT)]
    with LOCK:
        model.export(place, format="onnx", verbose=False, input_signature=signature)
    made = onnx.load(str(place))
    _rename(made.graph, made.graph.input[0].name, INPUT)
    _rename(made.graph, made.graph.output[0].name, OUTPUT)
    onnx.checker.check_model(made)
    onnx.save(made, str(place))


def _rename(graph: Any, old: str, new: str) -> None:
    """Call an input or output by its own name, wherever it stands."""
    for value in (*graph.input, *graph.output):
        if value.name == old:
            value.name = new
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]


_WRITERS: dict[str, Callable[[keras.Model, Path, Pixels], None]] = {
    "keras": _keras,
    "saved-model": _saved_model,
    "litert": _litert,
    "litert-int8": _litert_int8,
    "onnx": _onnx,
}
