"""Reading the store, and the few things that pages and command lines may write: commands, leases.

A tick reads only what came after the last step it has seen; the first load of a long run is
thinned to at most 500 points a curve.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tfcore.events import RunState, Verb
from tfcore.store.records import Command, Run, SteeringMark, StoredFrame
from tfcore.store.schema import connect

MOST_POINTS = 500

MetricRow = tuple[int, dict[str, float]]


def owner_digest(token: str) -> str:
    """What the store keeps of an owner's secret token."""
    return hashlib.sha256(f"transferlab:{token}".encode()).hexdigest()[:32]


class RunStore:
    """The reader's view of one store; safe to use from several threads.

    Args:
        path: The SQLite file; it is made when missing.

    Example:
        >>> store = RunStore(tmp_path / "runs.sqlite")
        >>> run = store.submit({"target": "zebra"}, owner="secret")
        >>> store.open_commands()[0].verb
        <Verb.SUBMIT: 'submit'>
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's connection: SQLite's transactions belong to a connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self.path)
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    # -- commands and leases -------------------------------------------------------------------

    def submit(
        self,
        settings: Mapping[str, Any],
        *,
        owner: str,
        photo: bytes | None = None,
        marks: Sequence[SteeringMark] = (),
    ) -> str:
        """Ask for a new run; the engine takes it up.

        Args:
            settings: Fields of a settings object, JSON-serialisable.
            owner: The secret token of the person who asks.
            photo: PNG bytes to start from.
            marks: Steering to repeat at its steps, when a recipe is replayed.

        Returns:
            The new run's id.
        """
        run = uuid.uuid4().hex[:12]
        steering = [[mark.step, dict(mark.changes)] for mark in marks]
        payload = {"settings": dict(settings), "steering": steering}
        self.command(run, Verb.SUBMIT, payload, owner=owner, content=photo)
        return run

    def command(
        self,
        run: str,
        verb: Verb,
        payload: Mapping[str, Any] | None = None,
        *,
        owner: str,
        content: bytes | None = None,
    ) -> int:
        """Store what a person asks for; the row number is its acknowledgement."""
        cursor = self._db.execute(
            "INSERT INTO commands (run, owner, verb, payload, content, created)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (run, owner_digest(owner), verb, json.dumps(payload or {}), content, time.time()),
        )
        return int(cursor.lastrowid or 0)

    def open_commands(self, run: str | None = None) -> list[Command]:
        """Commands that nobody has acted on yet, oldest first."""
        where, values = ("AND run = ?", [run]) if run else ("", [])
        rows = self._db.execute(
            f"SELECT * FROM commands WHERE handled IS NULL {where} ORDER BY id",  # noqa: S608
            values,
        )
        return [Command.from_row(row) for row in rows]

    def submission(self, run: str) -> Command | None:
        """The command that asked for ``run``: pending, taken or refused."""
        row = self._db.execute(
            "SELECT * FROM commands WHERE run = ? AND verb = 'submit'", (run,)
        ).fetchone()
        return Command.from_row(row) if row else None

    def refusal(self, command: int) -> str | None:
        """Why a command was refused, or None."""
        row = self._db.execute("SELECT refusal FROM commands WHERE id = ?", (command,)).fetchone()
        return row["refusal"] if row else None

    def is_handled(self, command: int) -> bool:
        """Whether a command has been acted on or refused."""
        query = "SELECT 1 FROM commands WHERE id = ? AND handled IS NULL"
        return self._db.execute(query, (command,)).fetchone() is None

    def renew_lease(self, holder: str, seconds: float) -> None:
        """Say that somebody is there; the engine stays as long as any lease holds."""
        self._db.execute(
            "INSERT INTO leases VALUES (?, ?) ON CONFLICT DO UPDATE SET expires = excluded.expires",
            (holder, time.time() + seconds),
        )

    def drop_lease(self, holder: str) -> None:
        """Say goodbye."""
        self._db.execute("DELETE FROM leases WHERE holder = ?", (holder,))

    def has_lease(self) -> bool:
        """Whether anybody is there."""
        query = "SELECT 1 FROM leases WHERE expires > ? LIMIT 1"
        return self._db.execute(query, (time.time(),)).fetchone() is not None

    # -- runs ----------------------------------------------------------------------------------

    def run(self, run: str) -> Run | None:
        """One run, or None when there is none of that id."""
        row = self._db.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        return Run.from_row(row) if row else None

    def runs(self, states: Iterable[RunState] | None = None, limit: int | None = 200) -> list[Run]:
        """The newest runs first; ``limit`` None gives all."""
        chosen = list(RunState if states is None else states)
        holes = ",".join("?" * len(chosen))
        rows = self._db.execute(
            f"SELECT * FROM runs WHERE state IN ({holes}) ORDER BY created DESC LIMIT ?",  # noqa: S608
            [*chosen, -1 if limit is None else limit],
        )
        return [Run.from_row(row) for row in rows]

    def finished(self, kind: str) -> list[Run]:
        """Every finished run of a kind, the newest first."""
        rows = self._db.execute(
            "SELECT * FROM runs WHERE kind = ? AND state = ? ORDER BY created DESC",
            (kind, RunState.FINISHED),
        )
        return [Run.from_row(row) for row in rows]

    def with_artifact(self, name: str, owner: str, states: Iterable[RunState]) -> list[Run]:
        """Somebody's runs that have left a file of this name, the newest first.

        Args:
            name: Such as ``head.tlhead``.
            owner: ``owner_digest`` of their token.
            states: In which they are.
        """
        chosen = list(states)
        rows = self._db.execute(
            "SELECT runs.* FROM runs JOIN artifacts ON artifacts.run = runs.id WHERE name = ?"  # noqa: S608
            f" AND owner = ? AND state IN ({','.join('?' * len(chosen))}) ORDER BY created DESC",
            [name, owner, *chosen],
        )
        return [Run.from_row(row) for row in rows]

    def unjudged(self) -> list[Run]:
        """Runs with a result about which other networks are still to be asked, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM runs WHERE state IN (?, ?)"
            " AND json_extract(summary, '$.is_judged') IS NOT 1 ORDER BY ended",
            (RunState.FINISHED, RunState.STOPPED),
        )
        return [Run.from_row(row) for row in rows]

    def has_queue(self) -> bool:
        """Whether any run waits for a place."""
        return bool(self.runs([RunState.QUEUED], limit=1))

    def last_started(self) -> dict[str, float]:
        """Owner to the time at which a run of theirs last started."""
        rows = self._db.execute(
            "SELECT owner, MAX(started) AS at FROM runs WHERE started IS NOT NULL GROUP BY owner"
        )
        return {row["owner"]: row["at"] for row in rows}

    def metrics_after(self, run: str, step: int, limit: int = 2 * MOST_POINTS) -> list[MetricRow]:
        """Figures after ``step``: what one tick needs, however long the run is."""
        rows = self._db.execute(
            "SELECT step, figures FROM metrics WHERE run = ? AND step > ? ORDER BY step LIMIT ?",
            (run, step, limit),
        )
        return [(row["step"], json.loads(row["figures"])) for row in rows]

    def metrics_overview(self, run: str, points: int = MOST_POINTS) -> list[MetricRow]:
        """The whole run in at most ``points`` evenly spaced rows, the last one included."""
        last = self.last_metric_step(run)
        stride = max(1, -(-last // (points - 1)))
        rows = self._db.execute(
            "SELECT step, figures FROM metrics WHERE run = ? AND (step % ? = 0 OR step = ?)"
            " ORDER BY step",
            (run, stride, last),
        )
        return [(row["step"], json.loads(row["figures"])) for row in rows]

    def all_metrics(self, run: str) -> list[MetricRow]:
        """Every recorded step, for the CSV."""
        rows = self._db.execute(
            "SELECT step, figures FROM metrics WHERE run = ? ORDER BY step", (run,)
        )
        return [(row["step"], json.loads(row["figures"])) for row in rows]

    def last_metric_step(self, run: str) -> int:
        """The last step with figures, 0 when there is none."""
        row = self._db.execute("SELECT MAX(step) FROM metrics WHERE run = ?", (run,)).fetchone()
        return int(row[0] or 0)

    def frame(self, run: str, step: int | None = None) -> StoredFrame | None:
        """The last frame at or before ``step``, or the newest."""
        row = self._db.execute(
            "SELECT * FROM frames WHERE run = ? AND step <= ? ORDER BY step DESC LIMIT 1",
            (run, step if step is not None else 2**60),
        ).fetchone()
        return StoredFrame.from_row(row) if row else None

    def frame_steps(self, run: str) -> list[int]:
        """Steps that have a frame, in order."""
        rows = self._db.execute("SELECT step FROM frames WHERE run = ? ORDER BY step", (run,))
        return [row["step"] for row in rows]

    def frames(self, run: str, steps: Sequence[int]) -> list[StoredFrame]:
        """The frames of exactly these steps."""
        holes = ",".join("?" * len(steps))
        rows = self._db.execute(
            f"SELECT * FROM frames WHERE run = ? AND step IN ({holes}) ORDER BY step",  # noqa: S608
            [run, *steps],
        )
        return [StoredFrame.from_row(row) for row in rows]

    def marks(self, run: str) -> list[SteeringMark]:
        """Every change that was steered into the run, in order."""
        rows = self._db.execute(
            "SELECT step, command, changes FROM marks WHERE run = ? ORDER BY step, command", (run,)
        )
        return [SteeringMark(r["step"], r["command"], json.loads(r["changes"])) for r in rows]

    def artifact(self, run: str, name: str) -> bytes | None:
        """A file of the run, such as ``image.png``."""
        row = self._db.execute(
            "SELECT content FROM artifacts WHERE run = ? AND name = ?", (run, name)
        ).fetchone()
        return row["content"] if row else None

    def checkpoint(self, run: str) -> tuple[int, bytes] | None:
        """Step and state of the last checkpoint."""
        row = self._db.execute(
            "SELECT step, state FROM checkpoints WHERE run = ?", (run,)
        ).fetchone()
        return (row["step"], row["state"]) if row else None

    def engine_status(self) -> dict[str, str]:
        """What the engine last said of itself."""
        return {r["key"]: r["value"] for r in self._db.execute("SELECT key, value FROM engine")}
