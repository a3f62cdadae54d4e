"""The app as a person starts it: a real `streamlit run` process with a data folder of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from tests import processes
from tests.browser.waiting import until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
SERVER_VARIABLE = "TRANSFERLAB_TEST_SERVER"


class Server:
    """One app: web process, engine and workers. Starts when asked to, and can be hurt on purpose.

    Attributes:
        url: Address of the first page, without a slash at its end; the same after a restart.
        data: The data folder of this server alone; it outlives `kill` and `restart`.
        log: File that takes everything the processes print.
    """

    def __init__(
        self,
        folder: Path,
        *,
        script: Path = ROOT / "streamlit_app.py",
        cwd: Path = ROOT,
        streamlit: Sequence[str] = (sys.executable, "-m", "streamlit"),
        inherited: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        idle_seconds: float = 3.0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._mark = uuid.uuid4().hex
        self._cwd = cwd
        self._web: psutil.Popen | None = None
        self._command = [
            *(*streamlit, "run", str(script)),
            *("--server.port", str(self.port), "--server.address", "127.0.0.1"),
            *("--server.headless", "true", "--server.fileWatcherType", "none"),
            *("--browser.gatherUsageStats", "false", *options),
        ]
        self.environment = {
            **(os.environ if inherited is None else inherited),
            "TRANSFERLAB_DATA": str(self.data),
            "TRANSFERLAB_IDLE_SECONDS": f"{idle_seconds:g}",
            **(environment or {}),
            SERVER_VARIABLE: self._mark,
        }

    @property
    def pid(self) -> int:
        """Process id of the web process."""
        if self._web is None:
            raise RuntimeError("the server has not been started")
        return int(self._web.pid)

    def start(self) -> "Server":
        """Start the web process and wait until it answers."""
        with self.log.open("ab") as log:
            self._web = psutil.Popen(
                self._command,
                cwd=self._cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C for the tests is not one for the app
            )
        until(self._healthy, seconds=START_SECONDS, what="the server to answer")
        return self

    def processes(self) -> list[psutil.Process]:
        """Every living process of this app: web process, engine, workers, their helpers."""
        return processes.marked(SERVER_VARIABLE, self._mark)

    def kill(self) -> None:
        """SIGKILL the web process alone, as the system does when memory runs out."""
        self._signal(signal.SIGKILL)

    def interrupt(self) -> None:
        """End the web process as Ctrl-C does; engine and workers are left to their own rules."""
        self._signal(signal.SIGINT)

    def restart(self) -> "Server":
        """End the web process if it lives, and start it again at the same address."""
        if self._web is not None and self._web.is_running():
            self.interrupt()
        return self.start()

    def stop(self) -> None:
        """End everything that belongs to this app."""
        if self._web is not None and self._web.is_running():
            with contextlib.suppress(psutil.TimeoutExpired):
                self._signal(signal.SIGINT)
        processes.end_all(self.processes())
        if self._web is not None:
            self._web.wait(5)

    def log_tail(self, characters: int = 4000) -> str:
        """The end of what the processes have printed."""
        if not self.log.exists():
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")[-characters:]

    def _signal(self, number: signal.Signals) -> None:
        if self._web is None:
            raise RuntimeError("the server has not been started")
        with contextlib.suppress(psutil.NoSuchProcess):
            self._web.send_signal(number)
        self._web.wait(15)

    def _healthy(self) -> bool:
        if self._web is None or self._web.poll() is not None:
            raise RuntimeError(f"the server ended while starting:\n{self.log_tail()}")
        with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
