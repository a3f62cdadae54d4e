"""Networks that were trained here, on their way to workers that keep other data folders.

On one machine workers read the same folder as the engine, and nothing has to be carried. On a
cluster whatever a worker is given carries the heads that it names along, and the worker puts them
where its catalog finds them before it reads anything else.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tfcore import trained
from tfcore.config import Config
from tfcore.errors import UnknownName

T = TypeVar("T")
Heads = dict[str, bytes]
"""The files of trained networks by name."""


def packed(config: Config, *said: object) -> Heads:
    """The heads that a worker needs for what it is told; nothing where it shares the data folder.

    Args:
        config: The deployment's limits.
        said: Settings of runs, names of networks; what is neither is passed over. Of the setting
            ``head``, the id of the run that trained it, the head is packed too.

    Returns:
        Those that are here; of one that is gone the worker says so.
    """
    if not config.scheduler:
        return {}
    found: Heads = {}
    for name in _named(said):
        with contextlib.suppress(UnknownName):
            found[name] = trained.content_of(name, config.data)
    return found


def _named(said: tuple[object, ...]) -> list[str]:
    names: list[str] = []
    for one in said:
        if isinstance(one, Mapping):
            names += trained.named_in(json.dumps(dict(one)))
            name = trained.name_of(str(one.get("head", "")))
            names += [name] if trained.is_head(name) else []
        elif isinstance(one, str):
            names += trained.named_in(one)
    return list(dict.fromkeys(names))


def unpack(heads: Mapping[str, bytes]) -> None:
    """Put heads where this worker's catalog finds them; one that lies there already stays.

    Raises:
        UserError: One is none, or damaged.
        OSError: The data folder cannot be written to.
    """
    for name, content in heads.items():
        try:
            is_here = trained.content_of(name) == content
        except UnknownName:
            is_here = False
        if not is_here:
            trained.install(name, content)


def answered(heads: Mapping[str, bytes], question: Callable[..., T], *details: Any) -> T:
    """Answer a short call about networks that the worker may not have yet.

    Args:
        heads: What ``packed`` found.
        question: A function of ``engine.calls``.
        details: What it is told.
    """
    unpack(heads)
    return question(*details)
