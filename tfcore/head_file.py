"""The weights of a network that was trained here: dense layers, and their file.

A file holds numpy's ``.npz``, never pickle, behind what ``trained`` knows of it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tfcore.trained import About, content_of, damaged, unwrapped, wrapped

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Dense:
    """One dense layer: ``outputs = inputs @ kernel + bias``, then ReLU unless it is the last.

    Attributes:
        kernel: float32, ``(inputs, outputs)``.
        bias: float32, ``(outputs,)``.
    """

    kernel: Floats = field(repr=False)
    bias: Floats = field(repr=False)


def through(layers: Sequence[Dense], features: Floats) -> Floats:
    """What dense layers with ReLU between them make of features ``(n, dim)``."""
    values = np.asarray(features, np.float32)
    for layer in layers[:-1]:
        values = np.maximum(values @ layer.kernel + layer.bias, 0)
    last: Floats = values @ layers[-1].kernel + layers[-1].bias
    return last


@dataclass(frozen=True)
class Trained:
    """A head, ready to be put on its network.

    Attributes:
        about: What it is.
        layers: From the features to the logits.
        backbone: New values of backbone weights by their place in the unfolded model's
            ``weights``; empty unless it was fine-tuned.

    Raises:
        UserError: The layers do not fit what ``about`` says, or hold numbers that are not finite.
    """

    about: About
    layers: Sequence[Dense]
    backbone: Mapping[int, Floats] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        about, inputs = self.about, self.about.dim
        fits = len(self.layers) == len(about.units) and about.units[-1] == len(about.classes) >= 2
        for layer, outputs in zip(self.layers, about.units, strict=False):
            fits = fits and layer.kernel.shape == (inputs, outputs)
            fits = fits and layer.bias.shape == (outputs,)
            inputs = outputs
        arrays = [a for layer in self.layers for a in (layer.kernel, layer.bias)]
        if not fits or not all(np.isfinite(a).all() for a in (*arrays, *self.backbone.values())):
            raise damaged()

    def logits(self, features: Floats) -> Floats:
        """Scores of the classes, ``(n, classes)``, of features ``(n, dim)``; without TensorFlow.

        Example:
            >>> head.logits(np.zeros((3, 1280), np.float32)).shape      # doctest: +SKIP
            (3, 37)
        """
        return through(self.layers, features)

    def to_bytes(self) -> bytes:
        """The file that ``from_bytes`` reads; the same head always gives the same bytes."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        for number, layer in enumerate(self.layers):
            arrays[f"{number}/kernel"], arrays[f"{number}/bias"] = layer.kernel, layer.bias
        arrays |= {f"backbone/{place}": array for place, array in self.backbone.items()}
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        return wrapped(self.about, buffer.getvalue())


def from_bytes(content: bytes) -> Trained:
    """Read a head.

    Raises:
        UserError: The bytes are none that this lab has written, or damaged.
    """
    about, packed = unwrapped(content)
    try:
        _check_stored(packed)
        with np.load(io.BytesIO(packed), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        layers = [
            Dense(arrays.pop(f"{number}/kernel"), arrays.pop(f"{number}/bias"))
            for number in range(len(about.units))
        ]
        changed = {int(name.removeprefix("backbone/")): array for name, array in arrays.items()}
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise damaged() from error
    return Trained(about, layers, changed)


def _check_stored(packed: bytes) -> None:
    """Refuse members that are more than they seem: a file from elsewhere may be made to."""
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        members = file.infolist()
    is_stored = all(member.compress_type == zipfile.ZIP_STORED for member in members)
    if not is_stored or sum(member.file_size for member in members) > len(packed):
        raise damaged()


def read(name: str) -> Trained:
    """The head of a network that was trained here, by its name in the catalog.

    Raises:
        UnknownName: There is none of that name, or not on this machine.
        UserError: Its file is damaged.
    """
    return from_bytes(content_of(name))
