"""What is kept of a data set as JSON, and read again only by the version that wrote it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from tfcore.errors import UserError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")


def written(value: DataclassInstance, version: int) -> bytes:
    """A dataclass as JSON, for ``read``."""
    return json.dumps({"version": version, **asdict(value)}, separators=(",", ":")).encode()


def read(
    content: bytes, version: int, make: Callable[[dict[str, Any]], T], refusal: UserError
) -> T:
    """Make of JSON what it was written from.

    Args:
        content: What ``written`` returned.
        version: The only one that is read.
        make: Given the fields.
        refusal: Raised when it is something else, or of another version.
    """
    try:
        told = json.loads(content)
        if told.pop("version") != version:
            raise ValueError("another version")
        return make(told)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise refusal from error
