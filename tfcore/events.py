"""What a run reports on its way, and what is asked of it.

Events travel from the worker to the engine over one Dask topic, orders (commands that were stored
first) travel back over another. Only the engine writes events down. Every event carries the
attempt it belongs to: an older attempt, thought lost and still alive, writes nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, TypeAdapter

EVENTS_TOPIC = "transferlab-events"
ORDERS_TOPIC = "transferlab-orders"
WAKE_TOPIC = "transferlab-wake"


class RunState(StrEnum):
    """Where a run stands; see DESIGN of the engine in ARCHITECTURE.md."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_live(self) -> bool:
        """Whether the run may still change by itself or on a command of this moment."""
        return self in (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)

    @property
    def is_resumable(self) -> bool:
        """Whether Resume can take it up again."""
        return self in (RunState.PAUSED, RunState.STOPPED, RunState.INTERRUPTED)


SentState = Annotated[RunState, PlainSerializer(str)]
"""A state as plain text on the way: Dask's messages know no enumerations."""


class Verb(StrEnum):
    """What a person can ask for."""

    SUBMIT = "submit"
    PAUSE = "pause"
    STEP = "step"
    RESUME = "resume"
    STOP = "stop"
    STEER = "steer"
    DELETE = "delete"
    RETIRE = "retire"


class Order(BaseModel):
    """A stored command on its way to the worker.

    Attributes:
        command: Row number in the store; a worker acts on each number once.
        run: The run it is meant for.
        verb: What to do; ``park`` comes from the engine alone: give a paused run's place away.
        changes: New values of steered settings.
        attempt: The attempt it is meant for; 0 means whichever runs.
    """

    model_config = ConfigDict(frozen=True)

    command: int
    run: str
    verb: str
    changes: dict[str, float] = {}
    attempt: int = 0


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True)

    run: str
    attempt: int


class Started(_Event):
    """The task runs on a worker and listens.

    Attributes:
        steps: How many there are to do, where the task alone finds out; else 0.
    """

    type: Literal["started"] = "started"
    step: int
    steps: int = 0


class Progress(_Event):
    """A named stage of waiting, such as loading TensorFlow."""

    type: Literal["progress"] = "progress"
    stage: str


class Metrics(_Event):
    """Figures of consecutive steps.

    Attributes:
        rows: ``(step, {quantity: value})``.
        rate: Steps a second of late.
        seconds: Time spent stepping since the figures before.
    """

    type: Literal["metrics"] = "metrics"
    rows: list[tuple[int, dict[str, float]]]
    rate: float
    seconds: float


class Frame(_Event):
    """A picture for people: JPEG bytes and what the network sees in it."""

    type: Literal["frame"] = "frame"
    step: int
    jpeg: bytes
    top5: list[tuple[int, float]]


class Steered(_Event):
    """Changed settings that act from the step after ``step`` on."""

    type: Literal["steered"] = "steered"
    step: int
    changes: dict[str, float]
    command: int


class StateChanged(_Event):
    """Paused, running again, or stepped once, as ``command`` asked."""

    type: Literal["state"] = "state"
    state: SentState
    step: int
    command: int


class Checkpoint(_Event):
    """Everything needed to go on from ``step``."""

    type: Literal["checkpoint"] = "checkpoint"
    step: int
    state: bytes


class Finished(_Event):
    """The run ended by itself or by Stop.

    Attributes:
        state: finished or stopped.
        summary: Figures of the result.
        png: The picture as it is kept.
        files: Other files that are kept.
    """

    type: Literal["finished"] = "finished"
    state: SentState
    step: int
    summary: dict[str, Any]
    png: bytes | None
    files: dict[str, bytes] = {}
    command: int | None = None


class Parked(_Event):
    """A paused run that gave its place to others; it resumes from its checkpoint."""

    type: Literal["parked"] = "parked"
    step: int


class SecondOpinion(_Event):
    """What another network sees in the finished picture; ``network`` empty marks the last one."""

    type: Literal["opinion"] = "opinion"
    network: str
    verdict: dict[str, Any]


class Failed(_Event):
    """The run cannot go on; ``reason`` says which setting to mend.

    Attributes:
        summary, files: What it had reached before, of a run that has something to leave.
    """

    type: Literal["failed"] = "failed"
    step: int
    reason: str
    summary: dict[str, Any] = {}
    files: dict[str, bytes] = {}


class Reached(_Event):
    """How far a run is that is spread over workers, with what is not kept yet.

    Attributes:
        rate: Steps a second of late.
    """

    type: Literal["reached"] = "reached"
    step: int
    rate: float


class WorkerStage(BaseModel):
    """How far a worker's warm-up is; it belongs to no run."""

    model_config = ConfigDict(frozen=True)

    type: Literal["worker"] = "worker"
    stage: str
    is_ready: bool


Event = Annotated[
    Started
    | Progress
    | Metrics
    | Frame
    | Steered
    | StateChanged
    | Checkpoint
    | Finished
    | Parked
    | SecondOpinion
    | Failed
    | Reached
    | WorkerStage,
    Field(discriminator="type"),
]

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def to_message(event: Event | Order) -> dict[str, Any]:
    """A plain dictionary that Dask can send."""
    return event.model_dump()


def from_message(message: dict[str, Any]) -> Event:
    """The event again.

    Raises:
        pydantic.ValidationError: The message is of no known kind.

    Example:
        >>> from_message(to_message(Progress(run="r", attempt=1, stage="Loading"))).stage
        'Loading'
    """
    return _ADAPTER.validate_python(message)
