"""A scheduler and workers as people start them on a cluster: processes of their own, with TLS."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from distributed import Client, Security

from tests.browser.waiting import until
from tests.sources import ROOT
from tfcore.engine.cluster import security

_SCHEDULER = {
    # As docs/scaling.md tells people.
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "8",
}


class DaskCluster:
    """To be used as a context; every process ends with it.

    Args:
        folder: For keys, the scheduler's address and what the workers write.
        workers: Name of each worker to what it offers, as ``--resources`` takes it.
        environment: Variables for the workers.
    """

    def __init__(
        self, folder: Path, workers: Mapping[str, str], environment: Mapping[str, str]
    ) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        temporary = Security.temporary()
        pems = {
            "ca": temporary.tls_ca_file,
            "cert": temporary.tls_client_cert,
            "key": temporary.tls_client_key,
        }
        for name, pem in pems.items():
            (folder / f"{name}.pem").write_text(pem)
        self._file = folder / "scheduler.json"
        self._processes = {
            "scheduler": self._start(
                "scheduler", "--host", "127.0.0.1", "--port", "0", "--protocol", "tls"
            )
        }
        for name, resources in workers.items():
            options = ("--name", name, "--resources", resources, "--nthreads", "4", "--no-nanny")
            place = ("--host", "127.0.0.1", "--local-directory", str(folder))
            self._processes[name] = self._start("worker", *options, *place, **environment)
        until(self._file.is_file, seconds=60, what="the scheduler's address")
        self.client = Client(
            scheduler_file=str(self._file),
            security=security(pems["ca"], pems["cert"], pems["key"]),
            set_as_default=False,
        )
        self.client.wait_for_workers(len(workers), timeout=120)

    def _start(self, what: str, *options: str, **environment: str) -> "subprocess.Popen[bytes]":
        keys = (("--tls-ca-file", "ca"), ("--tls-cert", "cert"), ("--tls-key", "key"))
        tls = [part for flag, name in keys for part in (flag, str(self.folder / f"{name}.pem"))]
        with (self.folder / "dask.log").open("ab") as out:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "dask", what, *options, *tls),
                    *("--scheduler-file", str(self._file), "--no-dashboard"),
                ],
                cwd=ROOT,
                env={**os.environ, **_SCHEDULER, **environment},
                stdout=out,
                stderr=out,
            )

    @property
    def variables(self) -> dict[str, str]:
        """What an engine needs to attach itself."""
        address = self.client.scheduler_info()["address"]
        return {"TRANSFERLAB_SCHEDULER": address, "TRANSFERLAB_SCHEDULER_TLS": str(self.folder)}

    def listen(self, topic: str, heard: Callable[[dict[str, Any]], object]) -> None:
        """Be told what workers say, in the very moment."""
        self.client.subscribe_topic(topic, lambda event: heard(event[1]))

    def kill(self, worker: str) -> None:
        """SIGKILL for a worker."""
        self._processes[worker].send_signal(signal.SIGKILL)

    def lives(self, worker: str) -> bool:
        """Whether a worker's process is there."""
        return self._processes[worker].poll() is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        for process in reversed(self._processes.values()):
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
