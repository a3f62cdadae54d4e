"""What the store hands out: frozen records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tfcore.events import RunState, Verb


@dataclass(frozen=True)
class Run:
    """One run as it stands.

    Attributes:
        owner: Digest of the owner's token, never the token.
        stage: What a run that has no picture yet is waiting for.
        rate: Steps a second of late.
        seconds: Time spent stepping.
        summary: Figures of the result; empty until the run ends.
        reason: Why it failed.
        photo: PNG bytes of the picture it started from.
    """

    id: str
    kind: str
    owner: str
    state: RunState
    settings: Mapping[str, Any]
    title: str
    created: float
    started: float | None
    ended: float | None
    attempt: int
    step: int
    steps: int
    stage: str
    rate: float
    seconds: float
    summary: Mapping[str, Any]
    reason: str
    photo: bytes | None = field(repr=False)

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Run:
        """Read one row of the table ``runs``."""
        values = dict(row)
        values["state"] = RunState(values["state"])
        values["settings"] = json.loads(values["settings"])
        values["summary"] = json.loads(values["summary"])
        return cls(**values)

    @property
    def is_settled(self) -> bool:
        """Whether an ended run has been judged by the other networks too: nothing more comes."""
        is_judged = bool(self.summary.get("is_judged"))
        return is_judged or self.state not in (RunState.FINISHED, RunState.STOPPED)

    @property
    def has_rest(self) -> bool:
        """Whether there is anything left to do; what was not stopped has at least no result yet."""
        return self.step < self.steps or self.state is not RunState.STOPPED

    @property
    def seconds_left(self) -> float | None:
        """Estimated time to the end, or None while it cannot be known."""
        return (self.steps - self.step) / self.rate if self.rate > 0 else None


@dataclass(frozen=True)
class StoredFrame:
    """A picture of a run: JPEG bytes and the five classes the network sees in it."""

    step: int
    jpeg: bytes = field(repr=False)
    top5: tuple[tuple[int, float], ...] = ()

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> StoredFrame:
        """Read one row of the table ``frames``."""
        top5 = tuple((int(index), float(p)) for index, p in json.loads(row["top5"]))
        return cls(row["step"], row["jpeg"], top5)


@dataclass(frozen=True)
class SteeringMark:
    """Settings that a person changed while the run went on; they act after ``step``."""

    step: int
    command: int
    changes: Mapping[str, float]


@dataclass(frozen=True)
class Command:
    """Something a person asked for, stored before anything is done about it."""

    id: int
    run: str
    owner: str
    verb: Verb
    payload: Mapping[str, Any]
    content: bytes | None = field(repr=False)
    created: float
    refusal: str | None

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Command:
        """Read one row of the table ``commands``."""
        return cls(
            row["id"],
            row["run"],
            row["owner"],
            Verb(row["verb"]),
            json.loads(row["payload"]),
            row["content"],
            row["created"],
            row["refusal"],
        )
