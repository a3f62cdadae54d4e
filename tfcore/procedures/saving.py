"""A run's variables as bytes and back: numpy arrays behind a digest, never pickle."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]

_MAGIC = b"TLSTATE1"
_DIGEST = hashlib.sha256().digest_size


def pack(arrays: Arrays, owner: str) -> bytes:
    """Write arrays.

    Args:
        arrays: By name.
        owner: What they belong to; ``unpack`` must be given the same text.
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    body = hashlib.sha256(owner.encode()).digest() + buffer.getvalue()
    return _MAGIC + hashlib.sha256(body).digest() + body


def unpack(state: bytes, owner: str, like: Arrays) -> Arrays:
    """Read what ``pack`` wrote.

    Args:
        state: The bytes.
        owner: What the arrays must belong to.
        like: Arrays of the names, shapes and types that are expected.

    Raises:
        ValueError: The bytes are damaged, cut short, of another kind or of another owner.
    """
    start = len(_MAGIC) + _DIGEST
    body = state[start:]
    if not state.startswith(_MAGIC) or len(body) < _DIGEST:
        raise ValueError("these bytes are not the state of a run")
    # Checked before anything is read, so that no damaged file reaches the reader of arrays.
    if hashlib.sha256(body).digest() != state[len(_MAGIC) : start]:
        raise ValueError("the state of the run is damaged or cut short")
    if body[:_DIGEST] != hashlib.sha256(owner.encode()).digest():
        raise ValueError("the state belongs to a run with other settings, photo or weights")
    with np.load(io.BytesIO(body[_DIGEST:]), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    if {n: (a.shape, a.dtype) for n, a in arrays.items()} != {
        n: (a.shape, a.dtype) for n, a in like.items()
    }:
        raise ValueError("the state has other variables than this run")
    return arrays
