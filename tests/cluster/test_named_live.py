"""A data set by name through a real engine: stopped in mid-download, killed, gone on with."""

import json
import subprocess
import sys
import time

import pytest

from tests.browser.waiting import until
from tests.cluster.lab import Lab
from tests.datasets import standins
from tests.downloads import serving
from tests.downloads.serving import Server
from tfcore.config import Config
from tfcore.datasets import named
from tfcore.events import RunState, Verb

pytestmark = pytest.mark.timeout(300)

CATS, OXFORD = "cats-vs-dogs", "oxford-pets"


@pytest.fixture
def server():
    made = Server(standins.cats_vs_dogs())
    yield made
    made.close()


@pytest.fixture
def own_lab(tmp_path, monkeypatch, server):
    """An engine of its own, which fetches small archives from the server."""
    pets = {CATS: server.data, OXFORD: standins.oxford_pets()}
    for name, value in standins.environment(server, pets).items():
        monkeypatch.setenv(name, value)
    made = Lab(tmp_path / "data")
    yield made
    made.close()


def some_more_and_stall(handler, server):
    """The rest that was asked for, of which only a third comes."""
    begin = int(handler.headers["Range"][len("bytes=") : -1])
    size = len(server.data)
    handler.send_response(206)
    handler.send_header("ETag", server.tag)
    handler.send_header("Content-Range", f"bytes {begin}-{size - 1}/{size}")
    handler.send_header("Content-Length", str(size - begin))
    handler.end_headers()
    handler.wfile.write(server.data[begin : begin + (size - begin) // 3])
    handler.wfile.flush()
    server.release.wait(60)


def scan(lab: Lab, *arguments: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tfcore", "scan", *arguments],
        env=lab.environment, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_download_that_was_stopped_and_then_killed_goes_on_to_the_right_classes(
    own_lab: Lab, server: Server, tmp_path
) -> None:
    config = Config(data=own_lab.link.config.data)
    size = len(server.data)
    half = size // 2

    def downloading(run: str, at: int) -> None:
        """Wait until the page would say that so much is here."""
        told = f"Downloading Cats vs Dogs: {at / 1e6:.1f} of {size / 1e6:.1f} MB"

        def said() -> bool:
            own_lab.look()
            record = own_lab.store.run(run)
            return record is not None and record.stage.startswith(told)

        until(said, seconds=120, what=told)

    server.then(serving.stall)
    run = own_lab.start({"kind": "scan", "data": CATS})
    downloading(run, half)
    pressed = time.monotonic()
    own_lab.ask(run, Verb.STOP)
    own_lab.wait(run, RunState.STOPPED)
    assert time.monotonic() - pressed < 5  # a busy machine; the page says so at the next tick
    assert named.begun(CATS, config) == half

    server.then(some_more_and_stall)
    own_lab.ask(run, Verb.RESUME)
    further = half + (size - half) // 3
    downloading(run, further)
    own_lab.kill_engine()
    assert named.begun(CATS, config) == further

    server.then(serving.whole)
    own_lab.wait(run, RunState.INTERRUPTED)
    own_lab.ask(run, Verb.RESUME)
    done = own_lab.wait(run, RunState.FINISHED, RunState.FAILED)
    assert done.state is RunState.FINISHED, done.reason
    assert [asked for asked, _ in server.asked] == [None, f"bytes={half}-", f"bytes={further}-"]
    assert done.title == "Data set Cats vs Dogs"
    photos = {"Cat": standins.PHOTOS, "Dog": standins.PHOTOS}
    assert done.summary["report"]["classes"] == photos

    # The command line finds it here; the other one it fetches, and tells its breeds by itself.
    assert scan(own_lab, "--data", CATS, "--out", str(tmp_path / "a"))["classes"] == photos
    assert len(server.asked) == 3
    server.data = standins.oxford_pets()
    told = scan(own_lab, "--data", OXFORD, "--out", str(tmp_path / "b"))
    assert told["classes"] == dict.fromkeys(standins.BREEDS, 5)
    assert len(server.asked) == 4
