"""Writing the store: the engine alone does it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from tfcore.events import RunState
from tfcore.store.records import Command
from tfcore.store.runs import MetricRow, RunStore

MOST_FRAMES = 256
# Pages of deleted rows stay in the file and are used again: they do not count.
_SIZE_QUERY = (
    "SELECT (page_count - freelist_count) * page_size"
    " FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()"
)


class RunWriter(RunStore):
    """The store as the engine sees it. Use it from one thread."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written, or nothing is."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # -- runs ----------------------------------------------------------------------------------

    def create(self, command: Command, *, title: str, settings: Mapping[str, Any]) -> None:
        """Turn a submission into a queued run."""
        self._db.execute(
            "INSERT OR IGNORE INTO runs (id, kind, owner, state, settings, title, created, steps,"
            " photo) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                command.run,
                settings["kind"],
                command.owner,
                RunState.QUEUED,
                json.dumps(dict(settings)),
                title,
                command.created,
                settings["steps"],
                command.content,
            ),
        )

    def update(self, run: str, **fields: Any) -> None:
        """Set columns of one run; ``summary`` may be a mapping."""
        if "summary" in fields:
            fields["summary"] = json.dumps(fields["summary"])
        columns = ", ".join(f"{name} = ?" for name in fields)
        self._db.execute(f"UPDATE runs SET {columns} WHERE id = ?", [*fields.values(), run])  # noqa: S608

    def begin_attempt(self, run: str) -> int:
        """Count a new attempt; only events of this attempt count from now on."""
        self._db.execute(
            "UPDATE runs SET attempt = attempt + 1, started = ? WHERE id = ?",
            (time.time(), run),
        )
        row = self._db.execute("SELECT attempt FROM runs WHERE id = ?", (run,)).fetchone()
        return int(row["attempt"])

    def delete(self, run: str) -> None:
        """Remove a run and all that was recorded of it."""
        self._db.execute("DELETE FROM runs WHERE id = ?", (run,))
        for table in ("metrics", "frames", "marks", "artifacts", "checkpoints"):
            self._db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))  # noqa: S608

    # -- what a run reports --------------------------------------------------------------------

    def add_metrics(self, run: str, rows: Sequence[MetricRow]) -> None:
        """Record figures; a step that is done again replaces itself."""
        self._db.executemany(
            "INSERT OR REPLACE INTO metrics VALUES (?, ?, ?)",
            [(run, step, json.dumps(values)) for step, values in rows],
        )

    def add_frame(
        self, run: str, step: int, jpeg: bytes, top5: Sequence[tuple[int, float]]
    ) -> None:
        """Record a picture; a run that has too many gives every other one away."""
        self._db.execute(
            "INSERT OR REPLACE INTO frames VALUES (?, ?, ?, ?)",
            (run, step, jpeg, json.dumps(list(top5))),
        )
        steps = self.frame_steps(run)
        if len(steps) > MOST_FRAMES:
            self._db.executemany(
                "DELETE FROM frames WHERE run = ? AND step = ?",
                [(run, old) for old in steps[1:-1:2]],
            )

    def add_mark(self, run: str, step: int, command: int, changes: Mapping[str, float]) -> None:
        """Record a steering change where it began to act."""
        self._db.execute(
            "INSERT OR IGNORE INTO marks VALUES (?, ?, ?, ?)",
            (run, step, command, json.dumps(dict(changes))),
        )

    def save_checkpoint(self, run: str, step: int, state: bytes) -> None:
        """Replace the run's checkpoint."""
        self._db.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)", (run, step, state))

    def drop_checkpoint(self, run: str) -> None:
        """A finished run needs none."""
        self._db.execute("DELETE FROM checkpoints WHERE run = ?", (run,))

    def add_artifact(self, run: str, name: str, content: bytes) -> None:
        """Keep a file of the run."""
        self._db.execute("INSERT OR REPLACE INTO artifacts VALUES (?, ?, ?)", (run, name, content))

    # -- commands and the engine itself --------------------------------------------------------

    def handled(self, command: int, refusal: str | None = None) -> None:
        """Mark a command as acted on, or as refused with a sentence."""
        self._db.execute(
            "UPDATE commands SET handled = ?, refusal = ?, content = NULL WHERE id = ?",
            (time.time(), refusal, command),
        )

    def say(self, **status: str) -> None:
        """Tell pages how the engine is."""
        self._db.executemany("INSERT OR REPLACE INTO engine VALUES (?, ?)", list(status.items()))

    def clear_expired_leases(self) -> None:
        """Forget visitors who left without a word."""
        self._db.execute("DELETE FROM leases WHERE expires < ?", (time.time(),))

    def size_mb(self) -> float:
        """What the store holds, in megabytes."""
        return float(self._db.execute(_SIZE_QUERY).fetchone()[0]) / 1e6
