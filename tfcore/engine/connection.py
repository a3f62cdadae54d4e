"""The file through which pages and command lines find the engine; only its owner can read it."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import psutil

_FILE = "engine.json"
_SAME_PROCESS_SECONDS = 1.0


@cache
def code_digest() -> str:
    """Digest of this product's own code: an engine with another one is to be replaced."""
    root = Path(__file__).parents[1]
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        total.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return total.hexdigest()[:16]


@dataclass(frozen=True)
class Connection:
    """Where the engine is and how to reach its cluster.

    Attributes:
        address: Of the Dask scheduler.
        ca, cert, key: PEM texts for TLS, or paths for an existing cluster; empty without TLS.
        pid, born: The engine's process, told apart from a later one of the same number.
        code: ``code_digest`` of the engine.
    """

    address: str
    ca: str
    cert: str
    key: str
    pid: int
    born: float
    code: str

    @classmethod
    def of_this_process(cls, address: str, ca: str, cert: str, key: str) -> Connection:
        """The connection that the engine itself offers."""
        process = psutil.Process()
        return cls(address, ca, cert, key, process.pid, process.create_time(), code_digest())

    @classmethod
    def read(cls, folder: Path) -> Connection | None:
        """The connection of a living engine, or None."""
        try:
            connection = cls(**json.loads((folder / _FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return connection if connection.is_alive() else None

    def write(self, folder: Path) -> None:
        """Offer the connection; a reader sees the old file or the whole new one."""
        temporary = folder / f".{_FILE}.{os.getpid()}"
        flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
        with os.fdopen(os.open(temporary, flags, 0o600), "w") as file:
            json.dump(asdict(self), file)
        temporary.replace(folder / _FILE)

    def keep(self, folder: Path) -> None:
        """Offer the connection anew when somebody has cleared the folder away."""
        if Connection.read(folder) != self:
            folder.mkdir(parents=True, exist_ok=True)
            self.write(folder)

    def withdraw(self, folder: Path) -> None:
        """The engine leaves; a later engine's file stays."""
        if Connection.read(folder) == self:
            (folder / _FILE).unlink(missing_ok=True)

    def is_alive(self) -> bool:
        """Whether the engine's process is still that process and no zombie."""
        try:
            process = psutil.Process(self.pid)
            is_same = abs(process.create_time() - self.born) < _SAME_PROCESS_SECONDS
            return bool(is_same and process.status() != psutil.STATUS_ZOMBIE)
        except (psutil.Error, TypeError, ValueError, OverflowError):
            return False  # no such process, or a file that somebody has mangled
