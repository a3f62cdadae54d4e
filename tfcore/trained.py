"""Networks that were trained here: what a head is, its file, and the folder they lie in.

A trained head is a few dense layers with ReLU between them, because all that training adds to that
(input scaling, batch norm, dropout, temperature) is folded into their weights when it ends. A
fine-tuned network carries the weights of its backbone that were changed, too. Like every network
it has a name, ``head-`` and the id of the run that trained it, by which ``catalog.get`` finds it.

The catalog reads this without TensorFlow and without numpy; ``head_file`` reads the weights.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tfcore.config import config
from tfcore.errors import UnknownName, UserError

FILE = "head.tlhead"
"""The artifact of a run that trains: the head as it is kept."""
PREFIX = "head-"
FOLDER = "heads"
"""Inside the data folder."""
FAMILY = "head"
"""The family of such a network in the catalog."""

_NAME = re.compile(rf"{PREFIX}[0-9a-f]{{12}}")
_MAGIC = b"TLHEAD01"
_DIGEST = hashlib.sha256().digest_size


class About(BaseModel):
    """What is known of a trained network before its weights are read.

    Attributes:
        network: The pretrained network below it, a name of the catalog.
        weights_digest: ``Backbone.weights_digest`` of that network when it was trained on.
        weights_seed: Seed of that network's random weights; None of pretrained ones.
        layer, pooling: What the head reads of it, as in ``store.space.Space``; both empty for the
            pooled features that its own last layer reads.
        size: Height and width of what it sees, in pixels.
        dim: Numbers that the first layer of the head reads.
        units: Outputs of each dense layer; the last is the number of classes.
        classes: Their names, in the order of the outputs.
        title: What people call it.
        data: What people call the data set it was trained on.
        data_digest: ``Listing.digest`` of that data set.
        temperature: What the logits were divided by, so that probabilities mean what they say (Guo
            et al., "On Calibration of Modern Neural Networks", 2017); done already in the weights.
        is_fine_tuned: Whether weights of the backbone were changed.
        figures: What was measured when it was trained, such as ``val_accuracy``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal[1] = 1
    network: str
    weights_digest: str
    weights_seed: int | None = None
    layer: str = ""
    pooling: Literal["", "mean", "flat"] = ""
    size: int
    dim: int
    units: tuple[int, ...]
    classes: tuple[str, ...]
    title: str
    data: str = ""
    data_digest: str = ""
    temperature: float = 1.0
    is_fine_tuned: bool = False
    figures: Mapping[str, float | int | str | None] = {}


def wrapped(about: About, arrays: bytes) -> bytes:
    """A head's file: a digest, then what is known of it as JSON, then its numbers.

    Args:
        about: What it is.
        arrays: Its weights, see ``head_file``.
    """
    said = about.model_dump_json().encode()
    body = len(said).to_bytes(8, "little") + said + arrays
    return _MAGIC + hashlib.sha256(body).digest() + body


def unwrapped(content: bytes) -> tuple[About, bytes]:
    """What ``wrapped`` was given.

    Raises:
        UserError: The bytes are none that this lab has written, or damaged.
    """
    body = content[len(_MAGIC) + _DIGEST :]
    # Checked before anything is read, so that no damaged file reaches a reader.
    if content != _MAGIC + hashlib.sha256(body).digest() + body:
        raise damaged()
    end = 8 + int.from_bytes(body[:8], "little")
    try:
        return About.model_validate_json(body[8:end]), body[end:]
    except ValidationError as error:
        raise damaged() from error


# -- the folder ------------------------------------------------------------------------------------


def name_of(run: str) -> str:
    """The name of the network that a run has trained.

    Example:
        >>> name_of("0123456789ab")
        'head-0123456789ab'
    """
    return PREFIX + run


def run_of(name: str) -> str:
    """The run that trained a network; the other way round."""
    return name.removeprefix(PREFIX)


def is_head(name: str) -> bool:
    """Whether a name is that of a network trained here, whether or not it is still there."""
    return _NAME.fullmatch(name) is not None


def path_of(name: str, data: Path | None = None) -> Path:
    """Where the file of a trained network lies, or would lie.

    Args:
        name: Its name.
        data: The data folder; None takes the configured one.
    """
    if not is_head(name):
        raise _unknown(name)
    return (data or config().data) / FOLDER / f"{name}.tlhead"


def install(name: str, content: bytes, data: Path | None = None) -> None:
    """Put a head where the catalog finds it, all or nothing.

    Args:
        name: See ``name_of``.
        content: What ``head_file.Trained.to_bytes`` gave.
        data: The data folder; None takes the configured one.

    Raises:
        UserError: The bytes are no head.
        OSError: The folder cannot be written to.
    """
    unwrapped(content)
    place = path_of(name, data)
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=place.parent, prefix=f".{name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(draft).replace(place)
    finally:
        Path(draft).unlink(missing_ok=True)


def remove(name: str, data: Path | None = None) -> None:
    """Take a head away; nothing happens if it is gone already."""
    path_of(name, data).unlink(missing_ok=True)


def content_of(name: str, data: Path | None = None) -> bytes:
    """The file of a trained network.

    Args:
        name: Its name.
        data: The data folder; None takes the configured one.

    Raises:
        UnknownName: There is none of that name, or not on this machine.
    """
    try:
        return path_of(name, data).read_bytes()
    except OSError as error:
        raise _unknown(name) from error


def about(name: str) -> About:
    """What a trained network is; read once for each version of its file.

    Raises:
        UnknownName: There is none of that name, or not on this machine.
        UserError: Its file is damaged.
    """
    return _about(*version(name))


def version(name: str) -> tuple[str, int, int]:
    """What tells a trained network from an earlier one of its name: its file's path, time, size.

    Raises:
        UnknownName: There is none of that name, or not on this machine.
    """
    place = path_of(name)
    try:
        stat = place.stat()
    except OSError as error:
        raise _unknown(name) from error
    return str(place), stat.st_mtime_ns, stat.st_size


def named_in(text: str) -> list[str]:
    """The names of trained networks that stand in a text, such as settings as JSON, each once.

    Example:
        >>> named_in('{"network": "head-0123456789ab"}')
        ['head-0123456789ab']
    """
    return list(dict.fromkeys(re.findall(rf"\b{_NAME.pattern}\b", text)))


@lru_cache(maxsize=256)
def _about(place: str, changed: int, size: int) -> About:
    del changed, size
    return unwrapped(Path(place).read_bytes())[0]


def _unknown(name: str) -> UnknownName:
    return UnknownName(
        f'network "{name[:80]}"',
        "a network that was trained in this lab and is still there",
        "train it again, or choose another network",
    )


def damaged() -> UserError:
    """What is said of a file that is none, or not whole."""
    return UserError(
        "a trained network that cannot be read",
        "one that this lab has written",
        "train it again",
    )
