"""The one SQLite file: its tables and how it is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from filelock import FileLock

VERSION = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL,
    settings TEXT NOT NULL, title TEXT NOT NULL, created REAL NOT NULL, started REAL, ended REAL,
    attempt INTEGER NOT NULL DEFAULT 0, step INTEGER NOT NULL DEFAULT 0, steps INTEGER NOT NULL,
    stage TEXT NOT NULL DEFAULT '', rate REAL NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
    summary TEXT NOT NULL DEFAULT '{}', reason TEXT NOT NULL DEFAULT '', photo BLOB
);
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (created);
CREATE INDEX IF NOT EXISTS runs_by_state ON runs (state);
CREATE TABLE IF NOT EXISTS metrics (
    run TEXT NOT NULL, step INTEGER NOT NULL, figures TEXT NOT NULL, PRIMARY KEY (run, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS frames (
    run TEXT NOT NULL, step INTEGER NOT NULL, jpeg BLOB NOT NULL, top5 TEXT NOT NULL,
    PRIMARY KEY (run, step)
);
CREATE TABLE IF NOT EXISTS marks (
    run TEXT NOT NULL, step INTEGER NOT NULL, command INTEGER NOT NULL, changes TEXT NOT NULL,
    PRIMARY KEY (run, command)
);
CREATE TABLE IF NOT EXISTS artifacts (
    run TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (run, name)
);
CREATE TABLE IF NOT EXISTS checkpoints (
    run TEXT PRIMARY KEY, step INTEGER NOT NULL, state BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS commands (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, owner TEXT NOT NULL,
    verb TEXT NOT NULL, payload TEXT NOT NULL, content BLOB, created REAL NOT NULL,
    handled REAL, refusal TEXT
);
CREATE INDEX IF NOT EXISTS commands_open ON commands (handled) WHERE handled IS NULL;
CREATE INDEX IF NOT EXISTS commands_by_run ON commands (run);
CREATE TABLE IF NOT EXISTS leases (holder TEXT PRIMARY KEY, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS engine (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the store, making its tables where they are missing.

    Write-ahead logging lets pages read while the engine writes; it wants a local disk.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    if not _is_made(connection):
        # SQLite's own waiting does not cover the switch to write-ahead logging: one at a time.
        with FileLock(path.with_name(f".{path.name}.lock")):
            connection.execute("PRAGMA journal_mode=WAL")
            if _version(connection) < VERSION:
                connection.executescript(f"BEGIN;{_TABLES}PRAGMA user_version={VERSION};COMMIT;")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def _is_made(connection: sqlite3.Connection) -> bool:
    """Whether nothing is left to be done: each tick of a page is a thread that opens the store."""
    try:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        return mode == "wal" and _version(connection) >= VERSION
    except sqlite3.OperationalError:  # somebody is making it at this moment
        return False


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
