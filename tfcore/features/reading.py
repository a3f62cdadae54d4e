"""One photo from a file to the pixels that a network sees, or the reason why not."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfcore.datasets.reading import NotAFile, read_capped
from tfcore.errors import BadImage, UserError
from tfcore.features.planning import Source
from tfcore.images import MAX_BYTES, decode, fit_square

Pixels = npt.NDArray[np.uint8]

CHANGED, UNREADABLE = "changed", "unreadable"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A photo that could be used when the data set was scanned, and cannot any more.

    Attributes:
        source: The file.
        reason: ``changed``, ``unreadable``, or a word of ``errors.Flaw``.
        sentence: ``got ..., expected ..., fix: ...`` for a person.
    """

    source: Source
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of one file.

    Attributes:
        source: The file.
        found: RGB uint8 ``(size, size, 3)``, or why there is none.
        seconds: How long it took the thread that did it.
    """

    source: Source
    found: Pixels | SetAside
    seconds: float


def read(source: Source, size: int) -> Decoded:
    """Read, check and decode one file. Safe to call from several threads.

    The whole photo is decoded: a JPEG decoded at half its size would be quicker, but the network
    would not see the pixels that it sees everywhere else in the product.

    Args:
        source: The file.
        size: Height and width of what the network sees, in pixels.
    """
    began = time.perf_counter()
    found = _found(source, size)
    return Decoded(source, found, time.perf_counter() - began)


def _found(source: Source, size: int) -> Pixels | SetAside:
    try:
        data = read_capped(Path(source.path), MAX_BYTES)
        if hashlib.sha256(data).hexdigest() != source.digest:
            return _aside(
                source,
                CHANGED,
                "a file that has changed since the data set was scanned",
                "the photo that was listed",
                "scan the data set again",
            )
        return fit_square(decode(data), size)
    except BadImage as error:
        return SetAside(source, error.flaw.value, str(error))
    except (OSError, NotAFile) as error:
        got = f"a file that cannot be read ({getattr(error, 'strerror', None) or error})"
        fix = "check that it is still there, or scan the data set again"
        return _aside(source, UNREADABLE, got, "a readable file", fix)


def _aside(source: Source, reason: str, got: str, expected: str, fix: str) -> SetAside:
    return SetAside(source, reason, str(UserError(got, expected, fix)))
