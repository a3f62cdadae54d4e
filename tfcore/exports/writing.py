"""A model in each of the formats."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tfcore.backbones.building import LOCK
from tfcore.errors import UserError
from tfcore.formats import INPUT, OUTPUT, Format

Pixels = npt.NDArray[np.uint8]

log = logging.getLogger(__name__)


class Writer:
    """Writes one model.

    Args:
        model: As ``graph.whole`` gives it.
        calibration: Photos by which the scales of int8 are chosen, RGB, ``(n, size, size, 3)``.
        scratch: A folder for what several formats are made from.
    """

    def __init__(self, model: keras.Model, calibration: Pixels, scratch: Path) -> None:
        self._model, self._calibration, self._scratch = model, calibration, scratch
        self._writers = {
            "keras": self._keras,
            "saved-model": self._saved_model,
            "litert": self._litert,
            "litert-int8": self._litert_int8,
            "onnx": self._onnx,
        }

    def write(self, form: Format, folder: Path) -> None:
        """Make ``form.file`` in a folder.

        Raises:
            UserError: The format cannot express the model.
        """
        try:
            self._writers[form.name](folder / form.file)
        except Exception as error:
            # Converters of other projects: they raise whatever comes up in them.
            log.exception("%s could not be written", form.title)
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise UserError(
                f"a network that cannot be written as {form.title} ({first[:200]})",
                "layers that this format knows",
                "take another format",
            ) from error

    def _keras(self, place: Path) -> None:
        self._model.save(place)

    def _saved_model(self, place: Path) -> None:
        model = self._model

        def serve(image: Any) -> dict[str, Any]:
            return {OUTPUT: model(image, training=False)}

        # Not Keras's own archive: it writes every variable twice, which doubles the file.
        module = tf.Module()
        module.kept = [variable.value for variable in model.variables]
        with LOCK:
            module.serve = tf.function(serve, input_signature=[self._input], autograph=False)
            tf.saved_model.save(module, str(place), signatures=module.serve)

    def _litert(self, place: Path) -> None:
        place.write_bytes(self._converter().convert())

    def _litert_int8(self, place: Path) -> None:
        """Weights and activations as integers (Jacob et al. 2018, arXiv:1712.05877).

        What goes in and comes out stays float32, so that the contract is the same for all.
        """

        def examples() -> Iterator[dict[str, Any]]:
            for photo in self._calibration:
                yield {INPUT: photo[None].astype(np.float32)}

        converter = self._converter()
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = examples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        place.write_bytes(converter.convert())

    def _converter(self) -> Any:
        place = self._scratch / "saved_model"
        if not place.exists():
            self._saved_model(place)
        return tf.lite.TFLiteConverter.from_saved_model(str(place))

    def _onnx(self, place: Path) -> None:
        import onnx

        with LOCK:
            self._model.export(place, format="onnx", verbose=False, input_signature=[self._input])
        made = onnx.load(str(place))
        _rename(made.graph, made.graph.input[0].name, INPUT)
        _rename(made.graph, made.graph.output[0].name, OUTPUT)
        onnx.checker.check_model(made)
        onnx.save(made, str(place))

    @property
    def _input(self) -> Any:
        return tf.TensorSpec(self._model.input.shape, tf.float32, name=INPUT)


def _rename(graph: Any, old: str, new: str) -> None:
    """Call an input or output by its own name, wherever it stands."""
    for value in (*graph.input, *graph.output):
        if value.name == old:
            value.name = new
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [new if name == old else name for name in names]
