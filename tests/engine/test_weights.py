"""A run whose network is not here: what is told of its download, and a Stop in the middle."""

import dataclasses
import sys

import h5py
import pytest

from tests.downloads import serving
from tests.downloads.serving import Server
from tests.engine.tiny import of, order
from tfcore import catalog
from tfcore.engine import task
from tfcore.engine.mailbox import Mailbox
from tfcore.engine.weights import bring
from tfcore.errors import WeightsMissing
from tfcore.events import Finished, Progress, RunState, Started
from tfcore.settings import SynthesizeSettings

NETWORK = "mobilenet-0.25"


@pytest.fixture
def server(monkeypatch, tmp_path):
    """The network's weights come from here, and are not on this machine yet."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with h5py.File(tmp_path / "file.h5", "w") as file:
        file["numbers"] = range(100_000)
    server = Server((tmp_path / "file.h5").read_bytes())
    row = dataclasses.replace(catalog.get(NETWORK), weights_url=server.url)
    get = catalog.get
    monkeypatch.setattr(catalog, "get", lambda name: row if name == NETWORK else get(name))
    yield server
    server.close()


def stop_at_half(events, mailbox, stop):
    """Press Stop when the download hangs in the middle."""

    def emit(event):
        events.append(event)
        if isinstance(event, Progress) and ": 0.4 of 0.8 MB" in event.stage:
            mailbox.post(stop)

    return emit


def test_a_download_is_told_of_and_the_weights_are_here(server):
    events = []
    names = ["efficientnet-lite0", NETWORK]
    assert bring(names, 40, Mailbox("r", 3), events.append) is None
    assert catalog.is_available(catalog.get(NETWORK))
    assert [(event.run, event.attempt) for event in events] == [("r", 3)] * len(events)
    assert events[0] == Started(run="r", attempt=3, step=40)
    stages = [event.stage for event in of(Progress, events)]
    assert stages[0] == "Downloading MobileNet 0.25: 0.0 of 0.8 MB"
    assert stages[-1].startswith("Downloading MobileNet 0.25: 0.8 of 0.8 MB")


def test_without_a_download_nothing_is_told():
    events = []
    assert bring(["efficientnet-lite0"], 0, Mailbox("r", 1), events.append) is None
    assert events == []


def test_a_stop_ends_the_download_and_other_orders_wait(server):
    mailbox, events = Mailbox("r", 1), []
    steer, stop = order("steer"), order("stop")
    mailbox.post(steer)
    server.then(serving.stall)
    assert bring([NETWORK], 0, mailbox, stop_at_half(events, mailbox, stop)) == stop
    assert [mailbox.poll(), mailbox.poll()] == [steer, stop]


def test_a_run_that_is_stopped_while_downloading_ends_stopped_and_resume_goes_on(server):
    loaded = "tfcore.synthesis.procedure" in sys.modules
    mailbox, events, stop = Mailbox("r", 1), [], order("stop")
    work = task.Assignment(
        run="r", attempt=1, settings=SynthesizeSettings(network=NETWORK).model_dump()
    )
    server.then(serving.stall)
    assert task._drive(work, mailbox, stop_at_half(events, mailbox, stop)) is None
    assert events[-1] == Finished(
        run="r", attempt=1, state=RunState.STOPPED, step=0, summary={}, png=None,
        command=stop.command,
    )  # fmt: skip
    assert not catalog.is_available(catalog.get(NETWORK))
    # Nothing was loaded for a run that never began.
    assert ("tfcore.synthesis.procedure" in sys.modules) == loaded
    server.then(serving.whole)
    assert bring([NETWORK], 0, Mailbox("r", 2), events.append) is None
    assert server.asked[-1] == (f"bytes={len(server.data) // 2}-", server.tag)


def test_weights_that_cannot_be_had_are_told_with_what_is_kept(server):
    server.then(serving.cut, serving.refuses(503))
    with pytest.raises(WeightsMissing, match=r"503.*goes on from 0\.4 MB"):
        bring([NETWORK], 0, Mailbox("r", 1), lambda event: None)
