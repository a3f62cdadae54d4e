"""The engine comes when it is needed, is alone in its folder, and leaves when nobody is there."""

import os
import stat
import subprocess
import sys

import psutil
import pytest

from tests import processes
from tests.browser.server import ROOT
from tests.browser.waiting import until
from tests.cluster.lab import Lab
from tfcore.engine import link as link_module
from tfcore.engine.connection import Connection
from tfcore.engine.link import EngineLink
from tfcore.events import RunState, Verb

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]


@pytest.fixture
def short_lab(tmp_path, monkeypatch):
    """An engine of this test's own that leaves two seconds after the last visitor."""
    monkeypatch.setenv("TRANSFERLAB_IDLE_SECONDS", "2")
    made = Lab(tmp_path / "data")
    yield made
    made.close()


def test_an_engine_lives_as_long_as_it_is_needed(short_lab: Lab, monkeypatch) -> None:
    lab = short_lab
    lab.look()
    connection = until(lab.link.ensure, seconds=90, what="the engine")
    folder = lab.link.config.data

    file = folder / "engine.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "its keys are for its owner alone"

    second = subprocess.run(
        [sys.executable, "-m", "tfcore.engine"],
        cwd=ROOT,
        env={**lab.environment},
        timeout=90,
        check=False,
    )
    assert second.returncode == 0
    assert Connection.read(folder) == connection, "the first engine stays"

    monkeypatch.setattr(link_module, "code_digest", lambda: "newer code")
    lab.link.ensure()
    monkeypatch.undo()
    engine = psutil.Process(connection.pid)
    family = [engine, *engine.children(recursive=True)]
    assert not processes.wait_gone(family, 60), "an engine of older code leaves"
    monkeypatch.setenv("TRANSFERLAB_IDLE_SECONDS", "2")
    replaced = until(lab.link.ensure, seconds=90, what="the next engine")
    assert replaced.pid != connection.pid

    family = [psutil.Process(replaced.pid), *psutil.Process(replaced.pid).children(recursive=True)]
    lab.link.close()
    assert not processes.wait_gone(family, 60), processes.describe(family)
    assert Connection.read(folder) is None
    lab.link = EngineLink(lab.link.config)


def test_short_calls_go_beside_a_run_that_goes_on(lab: Lab) -> None:
    run = lab.start({"steps": 5000})
    began = lab.wait_step(run, 3).step
    picture = lab_picture(lab)
    seen = lab.link.predict("efficientnet-lite0", picture)
    assert len(seen) == 5
    assert 0.0 <= seen[-1][1] <= seen[0][1] <= 1.0
    assert lab.link.predict("efficientnet-lite1", picture) != seen, "another network, another view"
    record = lab.store.run(run)
    assert record.state is RunState.RUNNING, "the run held its place all the while"
    assert lab.wait_step(run, record.step + 5).step > began
    # Pages that are looked at meanwhile go first.
    assert _calmest_thread(lab.worker()) > psutil.Process().nice()
    lab.ask(run, Verb.STOP)
    lab.wait(run)


def _calmest_thread(process: psutil.Process) -> int:
    """The lowest nice value of all threads that have computed something: each has its own."""
    busy = [thread.id for thread in process.threads() if thread.user_time > 0.5]
    return min(os.getpriority(os.PRIO_PROCESS, thread) for thread in busy)


def lab_picture(lab: Lab) -> bytes:
    """Any PNG will do."""
    from tfcore import images

    frame = lab.store.frame(lab.store.runs()[0].id)
    return images.to_png(images.decode(frame.jpeg))
