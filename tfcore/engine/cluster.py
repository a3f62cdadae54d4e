"""The Dask cluster behind the engine: one of its own on this machine, or an existing one."""

from __future__ import annotations

import logging
import math
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import dask
from distributed import Client, LocalCluster, Security
from distributed.core import Status

from tfcore.config import Config
from tfcore.engine.connection import Connection
from tfcore.errors import UserError

log = logging.getLogger(__name__)

RUN_RESOURCE, SHARD_RESOURCE = "run", "shard"

_THREADS = 4
"""Of the local worker: one for a run, two for shards, one for short calls."""

_HEAL_SECONDS = 10.0
"""Between two looks after the local worker; starting one takes a few."""

SETTINGS = {
    # The scheduler keeps this many events a topic; ours carry pictures, so few are kept.
    "distributed.admin.low-level-log-length": 8,
    "distributed.admin.system-monitor.log-length": 60,
    "distributed.worker.profile.enabled": False,
    # Its servers of web pages cannot be switched off; these serve none.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # How often each process looks at itself. At 20 and 100 ms, as Dask has it, two idle processes
    # took 3 % of a small machine.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "2s",
    "distributed.worker.memory.monitor-interval": "500ms",
    # A worker that dies fails its task at once: the engine itself starts the run again from the
    # last checkpoint, with the orders of this moment instead of those of the start.
    "distributed.scheduler.allowed-failures": 0,
    # The nanny brings a worker back that died. 15 s after a death Dask looks once more, and if no
    # worker is there at that very moment, as after a second death, dismisses the nanny for good.
    "distributed.deploy.lost-worker-timeout": "1000 days",
    # Dask's own values pin OpenMP to one thread and defeat glibc's growing mmap threshold, which
    # makes every large tensor a fresh mapping.
    "distributed.nanny.pre-spawn-environ": {"TF_CPP_MIN_LOG_LEVEL": "2"},
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.98,
    "distributed.comm.timeouts.connect": "10s",
}


@dataclass(frozen=True)
class Capacity:
    """What all workers together offer.

    Attributes:
        runs: Runs that may be at work at a time.
        shards: Workers, or parts of them, that compute shards.
    """

    runs: float
    shards: float


@dataclass
class Cluster:
    """A client of the cluster and what others need to reach it.

    Attributes:
        capacity: What its workers offered when they were last counted.
        closing: What has to be closed in the end.
        local: One of our own, on this machine, that lives and ends with this engine.
    """

    client: Client
    connection: Connection
    capacity: Capacity
    closing: ExitStack
    local: LocalCluster | None = None
    _healed: float = field(default=-math.inf, init=False)

    @property
    def is_own(self) -> bool:
        """Whether it lives and ends with this engine, on this machine."""
        return self.local is not None

    @property
    def slots(self) -> int:
        """Runs that may be at work at a time."""
        return int(self.capacity.runs)

    def heal(self) -> None:
        """Replace a worker of our own that nobody brings back; to be called often.

        A nanny gives up when its worker cannot start, as on a machine that is short of memory for
        a moment. Without this, runs would wait for ever.
        """
        if self.local is None or time.monotonic() - self._healed < _HEAL_SECONDS:
            return
        self._healed = time.monotonic()
        self.local.loop.add_callback(_replace_lost, self.local)

    def close(self) -> None:
        """Leave the cluster; one of our own ends with it."""
        self.closing.close()


def _replace_lost(local: LocalCluster) -> None:
    """In the cluster's own thread."""
    for name, nanny in list(local.workers.items()):
        if nanny.status in (Status.closed, Status.failed):
            log.warning("a worker could not be brought back and is replaced")
            del local.workers[name]
    if len(local.workers) < len(local.worker_spec):
        local.scale(len(local.worker_spec))


def check_address(address: str, is_tcp_allowed: bool) -> None:
    """Refuse an open scheduler beyond this machine: it would run anyone's code.

    Raises:
        UserError: ``tcp://`` to another machine without the explicit switch, or no address.
    """
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme in ("tls", "tcp") and parts.hostname and parts.port
    except ValueError:  # a port that is no number, half an IPv6 address
        is_whole = False
    if not is_whole:
        raise UserError(
            f'TRANSFERLAB_SCHEDULER="{address}"',
            "tls://host:port",
            "set the address of a Dask scheduler or unset it",
        )
    is_local = _is_this_machine(parts.hostname or "")
    if parts.scheme == "tcp" and not is_local and not is_tcp_allowed:
        raise UserError(
            f'TRANSFERLAB_SCHEDULER="{address}" without encryption',
            "tls://",
            "use TLS, or set TRANSFERLAB_ALLOW_TCP=1 in a network you trust",
        )


def _is_this_machine(host: str) -> bool:
    """Whether a host can be no other machine; a name such as ``127.example.org`` can."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def open_cluster(config: Config) -> Cluster:
    """Start the local cluster, or attach to the one that ``TRANSFERLAB_SCHEDULER`` names."""
    dask.config.set(SETTINGS)
    closing = ExitStack()
    if config.scheduler:
        check_address(config.scheduler, config.allow_tcp)
        folder = Path(config.scheduler_tls) if config.scheduler_tls else None
        ca, cert, key = (
            (str(folder / name) for name in ("ca.pem", "cert.pem", "key.pem"))
            if folder
            else ("", "", "")
        )
        client = closing.enter_context(Client(config.scheduler, security=security(ca, cert, key)))
        return Cluster(
            client,
            Connection.of_this_process(config.scheduler, ca, cert, key),
            count(client),
            closing,
        )
    temporary = Security.temporary()
    cluster = closing.enter_context(
        LocalCluster(
            n_workers=1,
            threads_per_worker=_THREADS,
            processes=True,
            dashboard_address=None,
            security=temporary,
            host="127.0.0.1",
            memory_limit=f"{config.worker_memory_mb}MB",
            resources={RUN_RESOURCE: 1, SHARD_RESOURCE: 1},
            local_directory=str(config.data / "worker"),
        )
    )
    client = closing.enter_context(Client(cluster))
    pem = (temporary.tls_ca_file, temporary.tls_client_cert, temporary.tls_client_key)
    connection = Connection.of_this_process(cluster.scheduler_address, *pem)
    return Cluster(client, connection, Capacity(1, 1), closing, cluster)


def count(client: Client) -> Capacity:
    """What the workers offer that are there now; asks the scheduler and waits for its answer.

    Raises:
        OSError: It does not answer.
    """
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    offered = [worker.get("resources", {}) for worker in workers]
    runs, shards = (
        sum(float(one.get(name, 0)) for one in offered) for name in (RUN_RESOURCE, SHARD_RESOURCE)
    )
    return Capacity(runs, shards)


def security(ca: str, cert: str, key: str) -> Security | None:
    """TLS for a client, from PEM texts or paths; None without."""
    if not ca:
        return None
    return Security(
        require_encryption=True, tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key
    )
