"""The cluster on this machine: its worker always comes back, and it tells strangers nothing."""

import copy
import time
import urllib.error
import urllib.request
from multiprocessing import resource_tracker

import dask
import psutil
import pytest

from tests.browser.waiting import until
from tfcore.config import Config
from tfcore.engine import cluster as module
from tfcore.engine.cluster import Cluster, open_cluster

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

DASK_LOOKS_SECONDS = 15.0
"""After a death, as Dask has it by itself."""


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """As the engine opens it; what it sets for all of Dask is taken back."""
    monkeypatch.setattr(module, "_HEAL_SECONDS", 0.0)
    settings = copy.deepcopy(dask.config.config)
    made = open_cluster(Config(data=tmp_path))
    try:
        yield made
    finally:
        made.close()
        resource_tracker._resource_tracker._stop()  # a process that Python starts beside workers
        dask.config.config.clear()
        dask.config.config.update(settings)


def test_a_second_death_does_not_dismiss_it_for_good(cluster: Cluster) -> None:
    """It is just being started again when Dask looks after the first death."""
    (nanny,) = cluster.local.workers.values()
    first = kill(nanny)
    died = time.monotonic()
    until(lambda: comes_back(cluster, nanny, first), seconds=60, what="the worker")
    until(lambda: time.monotonic() - died > DASK_LOOKS_SECONDS - 0.6, seconds=30, what="the moment")
    second = kill(nanny)
    until(lambda: time.monotonic() - died > DASK_LOOKS_SECONDS + 1, seconds=30, what="its look")
    until(lambda: comes_back(cluster, nanny, second), seconds=60, what="the worker")
    assert list(cluster.local.workers.values()) == [nanny], "the same keeper all the while"
    assert cluster.client.submit(abs, -1, pure=False).result(timeout=60) == 1


def test_one_whose_nanny_gave_up_is_replaced(cluster: Cluster) -> None:
    (nanny,) = cluster.local.workers.values()
    cluster.heal()
    assert cluster.client.submit(abs, -1, pure=False).result(timeout=60) == 1
    assert list(cluster.local.workers.values()) == [nanny], "who works is left alone"

    cluster.local.sync(nanny.close)
    waiting = cluster.client.submit(abs, -2, pure=False, resources={module.RUN_RESOURCE: 1})

    def answer() -> int | None:
        cluster.heal()
        return waiting.result() if waiting.done() else None

    assert until(answer, seconds=60, what="the work to be done by another") == 2
    assert len(cluster.local.workers) == 1


def test_its_web_servers_have_no_page(cluster: Cluster) -> None:
    """Logs and names of runs would be there, for everybody who has an account on this machine."""
    (worker,) = cluster.client.scheduler_info(n_workers=-1)["workers"].values()
    for port in (cluster.local.scheduler.http_server.port, worker["services"]["dashboard"]):
        for page in ("info/main/workers.html", "json/identity.json", "metrics"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=10)


def kill(nanny) -> int:
    """SIGKILL for the worker of a nanny."""
    pid = int(nanny.pid)
    psutil.Process(pid).kill()
    return pid


def comes_back(cluster: Cluster, nanny, gone: int) -> bool:
    """Whether another process is there in place of the one that is gone, and known."""
    known = cluster.client.scheduler_info(n_workers=-1)["workers"]
    return bool(nanny.pid and nanny.pid != gone and nanny.worker_address in known)
