"""What workers report of a run that is spread over them; the coordinator makes events of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

REPORTS_TOPIC = "transferlab-shards"
"""Apart from the topic of events: these are not written down as they come."""


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True)

    run: str
    attempt: int


class Prepared(_Report):
    """The run is planned.

    Attributes:
        space: Fields of the ``Space`` that the features lie in.
        photos: Different photos there are.
        known: Those whose features are in the store.
        shards: Photos of each shard, and the shard as only workers read it.
        probe: Fields of ``features.precision.Probe``, of a run in another precision than usual.
    """

    type: Literal["prepared"] = "prepared"
    space: dict[str, Any]
    photos: int
    known: int
    shards: list[tuple[int, bytes]]
    probe: dict[str, float] = {}


class Batch(_Report):
    """How far a shard is; told when it begins and after each batch.

    Attributes:
        shard: Its number in the plan.
        done: Photos computed or set aside; none is kept before the whole shard is.
        worker: Who computes it.
    """

    type: Literal["batch"] = "batch"
    shard: int
    done: int
    worker: str


class ShardDone(_Report):
    """A shard is kept: whole or, after a Stop, as far as it came.

    Attributes:
        shard: Its number in the plan.
        worker: Who computed it.
        rows: Figures of its batches.
        set_aside: Photos that could not be used: file, digest, reason and sentence.
        found: Photos that somebody had kept before; 0 or all of them.
    """

    type: Literal["shard"] = "shard"
    shard: int
    worker: str
    rows: list[dict[str, float]] = []
    set_aside: list[dict[str, str]] = []
    found: int = 0


Report = Annotated[Prepared | Batch | ShardDone, Field(discriminator="type")]

_ADAPTER: TypeAdapter[Report] = TypeAdapter(Report)


def from_message(message: dict[str, Any]) -> Report:
    """The report again, from its ``model_dump``.

    Raises:
        pydantic.ValidationError: The message is of no known kind.
    """
    return _ADAPTER.validate_python(message)
