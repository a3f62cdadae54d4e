"""Reader for the packaged weights: PyTorch's legacy checkpoint format, without PyTorch.

The file is five pickles (a magic number, a protocol version, facts about the machine, the state
dict, the list of storage keys), then for each key an int64 count and the raw little-endian values.
A pickle can call any function it names, so this reader allows the four names such a file needs and
refuses every other one.
"""

from __future__ import annotations

import collections
import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tfcore.errors import UserError

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
_DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}
_DAMAGE = (
    pickle.UnpicklingError,
    EOFError,
    struct.error,
    # What a pickle of a wrong shape makes Python or NumPy raise.
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    OverflowError,
    MemoryError,
)


@dataclass
class _Storage:
    """A run of numbers that tensors are views of."""

    dtype: np.dtype[Any]
    values: np.ndarray[Any, Any] | None = field(default=None)


@dataclass(frozen=True)
class _View:
    """A tensor as the pickle tells it: where it lies in its storage, counted in elements."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def array(self) -> np.ndarray[Any, Any]:
        values = self.storage.values
        if values is None:
            raise pickle.UnpicklingError("a tensor without values")
        if any(n < 0 for n in (self.offset, *self.shape, *self.stride)):
            raise pickle.UnpicklingError("a tensor with a negative extent")
        steps = zip(self.shape, self.stride, strict=True)
        last = self.offset + sum((n - 1) * s for n, s in steps)
        if 0 in self.shape or last >= values.size:
            # as_strided checks nothing: a wrong stride would read another tensor's memory.
            raise pickle.UnpicklingError("a tensor that reaches beyond its values")
        strides = tuple(s * values.itemsize for s in self.stride)
        view = np.lib.stride_tricks.as_strided(values[self.offset :], self.shape, strides)
        return np.array(view)


class _PlainReader(pickle.Unpickler):
    """An unpickler of numbers, texts, lists and dicts that can call nothing."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


class _StateReader(_PlainReader):
    """An unpickler that knows an ordered dict, a tensor and its storage, and nothing else."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _DTYPES:
            return np.dtype(_DTYPES[name])
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key = pid[:3]
        if kind != "storage" or not isinstance(dtype, np.dtype) or not isinstance(key, str):
            raise pickle.UnpicklingError("it refers to something that is no storage")
        return self.storages.setdefault(key, _Storage(dtype))


def _rebuild(
    storage: _Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any
) -> _View:
    return _View(storage, int(offset), tuple(shape), tuple(stride))


def read(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Read the arrays of a legacy PyTorch checkpoint.

    Args:
        path: The ``.pth`` file.

    Returns:
        Arrays by name, float32 or int64, in the file's order and PyTorch's layout: a convolution's
        kernel is ``(out, in, height, width)``.

    Raises:
        UserError: If the file is truncated, is no such checkpoint or asks for code to be run.

    Example:
        >>> read(Path("efficientnet-lite0.pth"))["_fc.weight"].shape  # doctest: +SKIP
        (1000, 1280)
    """
    try:
        with path.open("rb") as file:
            return _arrays(file)
    except (*_DAMAGE, OSError) as error:
        raise UserError(
            f"weights file {path.name} that cannot be read ({error or type(error).__name__})",
            "a whole PyTorch checkpoint of the legacy format",
            "install its package again",
        ) from error


def _arrays(file: BinaryIO) -> dict[str, np.ndarray[Any, Any]]:
    if _PlainReader(file).load() != MAGIC or _PlainReader(file).load() != PROTOCOL:
        raise pickle.UnpicklingError("not a checkpoint of the legacy format")
    _PlainReader(file).load()  # byte order and sizes of the machine that wrote it
    reader = _StateReader(file)
    state = reader.load()
    for key in _PlainReader(file).load():
        storage = reader.storages[key]
        (count,) = struct.unpack("<q", file.read(8))
        size = count * storage.dtype.itemsize
        data = file.read(size) if count >= 0 else b""
        if len(data) != size:
            raise pickle.UnpicklingError("it ends too early")
        storage.values = np.frombuffer(data, storage.dtype)
    if not isinstance(state, Mapping):
        raise pickle.UnpicklingError("it holds no named tensors")
    return {name: view.array() for name, view in state.items()}
