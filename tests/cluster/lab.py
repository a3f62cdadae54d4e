"""A real engine with real workers in a data folder of its own, and a person who uses it."""

import os
import signal
from pathlib import Path
from typing import Any

import psutil

from tests import processes
from tests.browser.waiting import until
from tfcore.config import Config
from tfcore.engine.connection import Connection
from tfcore.engine.link import EngineLink
from tfcore.events import RunState, Verb
from tfcore.store.records import Run

OWNER = "0" * 32
RUN_SECONDS = 180.0
ENDED = (RunState.FINISHED, RunState.STOPPED, RunState.FAILED)

QUICK = {"recipe": "lesson-tv", "steps": 60}
"""A short run on real weights; raw pixels compile fastest."""


class Lab:
    """One data folder with an engine that is started when needed.

    Attributes:
        link: The way a page reaches the engine.
    """

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.link = EngineLink(Config(data=data))

    @property
    def environment(self) -> dict[str, str]:
        """What a process beside the engine needs to find it."""
        return {**os.environ, "TRANSFERLAB_DATA": str(self.link.config.data)}

    @property
    def store(self) -> Any:
        return self.link.store

    def look(self) -> None:
        """What every page does at each beat."""
        self.link.renew_lease()
        self.link.ensure()

    def start(self, settings: dict[str, Any] | None = None, **more: Any) -> str:
        """Submit a run, as a page does."""
        self.look()
        wanted = settings or {}
        base = {} if "kind" in wanted else QUICK
        return self.link.submit({**base, **wanted}, owner=OWNER, **more)

    def ask(self, run: str, verb: Verb, changes: dict[str, float] | None = None) -> int:
        return self.link.command(run, verb, changes, owner=OWNER)

    def wait(self, run: str, *states: RunState, seconds: float = RUN_SECONDS) -> Run:
        """Look like a page does until the run is in one of the states; by default, has ended."""
        wanted = states or ENDED

        def there() -> Run | None:
            self.look()
            record = self.store.run(run)
            is_there = record is not None and record.state in wanted and record.is_settled
            return record if is_there else None

        return until(there, seconds=seconds, what=f"{run} to be {' or '.join(wanted)}")

    def wait_step(self, run: str, step: int) -> Run:
        """Wait until the record has reached a step."""

        def there() -> Run | None:
            self.look()
            record = self.store.run(run)
            return record if record is not None and record.step >= step else None

        return until(there, seconds=RUN_SECONDS, what=f"step {step}", every=0.01)

    def picture(self, run: str) -> bytes:
        """The kept PNG."""
        png = self.store.artifact(run, "image.png")
        assert png is not None, "the run kept no picture"
        return bytes(png)

    def engine(self) -> psutil.Process:
        """The engine's process."""
        connection = Connection.read(self.link.config.data)
        assert connection is not None, "no engine lives"
        return psutil.Process(connection.pid)

    def worker(self) -> psutil.Process:
        """The one worker process: the engine's descendant that holds the most memory."""
        return max(self.engine().children(recursive=True), key=lambda p: p.memory_info().rss)

    def kill_worker(self) -> None:
        self.worker().send_signal(signal.SIGKILL)

    def kill_engine(self) -> None:
        """SIGKILL the engine and see its workers follow."""
        engine = self.engine()
        family = [engine, *engine.children(recursive=True)]
        engine.kill()
        left = processes.wait_gone(family, 10)
        assert not left, processes.describe(left)

    def close(self) -> None:
        """End the engine as a leaving system does, and see that nothing stays."""
        connection = Connection.read(self.link.config.data)
        self.link.close()
        if connection is not None and connection.is_alive():
            engine = psutil.Process(connection.pid)
            family = [engine, *engine.children(recursive=True)]
            engine.terminate()
            left = processes.wait_gone(family, 20)
            assert not left, processes.describe(left)
