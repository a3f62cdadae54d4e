"""The part of a contestant that its judge holds: a process that is asked, and answers in time."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.peers.environment import ROOT, Unavailable


class Contestant:
    """A process that keeps its network loaded between questions; idle, it costs no time.

    Args:
        python: Interpreter of its environment.
        module: What it runs; ``answering.answer`` is its other half.
        network: Path of the saved Keras network.
        words: What else it is told at its start.

    Raises:
        Unavailable: On entering, if it does not come up; on asking, if it has ended.
    """

    def __init__(self, python: str | Path, module: str, network: Path, *words: str) -> None:
        self._command = [str(python), "-m", module, str(network), *words]

    def __enter__(self) -> Self:
        self._said = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        try:
            self._read()
        except Unavailable:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def ask(self, task: str, count: int) -> dict[str, float]:
        """Have a task done and return its figures; ``seconds`` is always among them."""
        if self._process.stdin is None:
            raise Unavailable("its input is closed")
        self._process.stdin.write(f"{task} {count}\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._said.seek(0)
            tail = self._said.read().strip().splitlines() or ["it ended without a word"]
            raise Unavailable(tail[-1])
        found: dict[str, Any] = json.loads(line)
        return found

    def _end(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()
