"""The formats in which a trained network can be taken home, as data.

To add a format, add a row here, its writer to ``exports/writing.py`` and what runs it to
``exports/script.py``.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from tfcore.errors import UnknownName, UserError

INPUT, OUTPUT = "image", "probabilities"
"""What goes into an exported network and comes out of it, by the same names in every format."""

LARGEST_MB = 700
"""Most that one run may hand out: its files travel in one message and lie in one database."""


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        name: As command line and settings take it.
        title: As people write it.
        meaning: What it is good for, in one sentence.
        file: The model in the archive; a folder for SavedModel.
        runs_on: Packages that its ``predict.py`` needs beside numpy and pillow, as pip knows them.
        made_with: Packages that writing it needs beside TensorFlow.
        share: Its size as a share of the network's weights.
    """

    name: str
    title: str
    meaning: str
    file: str
    runs_on: tuple[str, ...]
    made_with: tuple[str, ...] = ()
    share: float = 1.1

    @property
    def is_rounded(self) -> bool:
        """Whether its numbers are 8-bit integers, so that it agrees only roughly."""
        return self.name == "litert-int8"

    @property
    def artifact(self) -> str:
        """The archive's name among the files of the run that made it."""
        return f"export-{self.name}.zip"

    @property
    def missing(self) -> tuple[str, ...]:
        """Packages that it needs and that are not installed here, as pip knows them."""
        wanted = (*self.made_with, *self.runs_on)
        return tuple(name for name in wanted if not _is_here(name))


_ROWS = (
    Format(
        "keras",
        "Keras",
        "To go on with it in Python: look into it, train it further",
        "model.keras",
        ("tensorflow", "keras"),
    ),
    Format(
        "saved-model",
        "SavedModel",
        "For servers that run TensorFlow, with no need for Keras",
        "saved_model",
        ("tensorflow",),
    ),
    Format(
        "litert",
        "LiteRT",
        "For phones and small computers; formerly TensorFlow Lite",
        "model.tflite",
        ("ai-edge-litert",),
    ),
    Format(
        "litert-int8",
        "LiteRT int8",
        "A quarter of the size, for the weakest devices; a little of its accuracy is lost, and how "
        "much is measured",
        "model_int8.tflite",
        ("ai-edge-litert",),
        share=0.35,
    ),
    Format(
        "onnx",
        "ONNX",
        "For most other programs and languages: C++, C#, JavaScript, Rust",
        "model.onnx",
        ("onnxruntime",),
        ("tf2onnx", "onnx"),
    ),
)

FORMATS = {row.name: row for row in _ROWS}
"""By name, in the order in which they are offered and made."""

ALL = ",".join(FORMATS)


def chosen(text: str) -> tuple[Format, ...]:
    """The formats that a list names, each once, in the order of the table.

    Args:
        text: Names with commas between them; case and blanks do not matter.

    Raises:
        UnknownName: There is no such format; the nearest names are offered.
        UserError: None is named.

    Example:
        >>> [row.title for row in chosen("onnx, keras")]
        ['Keras', 'ONNX']
    """
    names = [part.strip().lower() for part in text.split(",") if part.strip()]
    if not names:
        raise UserError("no format", f"one or more of {ALL}", "choose one")
    for name in names:
        if name not in FORMATS:
            raise UnknownName.among("format", name, FORMATS)
    return tuple(row for row in _ROWS if row.name in names)


def megabytes(formats: tuple[Format, ...], weights_mb: float) -> float:
    """About how large the archives will be, in megabytes, of a network with so many of weights."""
    return sum(row.share * weights_mb for row in formats)


def _is_here(package: str) -> bool:
    """Whether a package is installed; nothing of it is loaded."""
    return importlib.util.find_spec(package.replace("-", "_")) is not None
