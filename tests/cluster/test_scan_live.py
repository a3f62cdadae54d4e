"""A data set is scanned by a real worker, from the command line and as a page asks for it."""

import json
import subprocess
import sys

import pytest

from tests.cluster.lab import Lab
from tests.datasets import making
from tfcore.datasets import listing
from tfcore.datasets.procedure import LISTING
from tfcore.events import RunState, Verb

pytestmark = pytest.mark.timeout(300)

FILES = {
    "cat/1.png": making.png(1),
    "cat/copy.png": making.png(1),
    "dog/2.png": making.png(2),
    "dog/page.jpg": b"<html>",
}


def scan(lab: Lab, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tfcore", "scan", *arguments]
    return subprocess.run(
        command, env=lab.environment, capture_output=True, text=True, timeout=200, check=False
    )


def test_the_command_line_tells_what_is_in_a_folder(lab: Lab, tmp_path) -> None:
    root = making.folder(tmp_path / "pets", FILES)
    done = scan(lab, "--data", str(root), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["images"], told["classes"], told["duplicates"]) == (2, {"cat": 1, "dog": 1}, 1)
    reasons = {one["file"]: one["reason"] for one in told["quarantined"]}
    assert reasons == {"cat/copy.png": "duplicate", "dog/page.jpg": "not-an-image"}
    written = listing.load(tmp_path / "out" / told["listing"])
    assert written.digest == told["digest"]


@pytest.mark.parametrize(("data", "words"), [("/no/such/folder", "does not exist"), ("", "data")])
def test_a_folder_that_is_not_there_costs_one_line(lab: Lab, data: str, words: str) -> None:
    done = scan(lab, f"--data={data}")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: got ")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_scan_that_was_stopped_goes_on_and_ends_like_another(lab: Lab) -> None:
    whole = lab.start({"kind": "scan", "data": "digits"})
    lab.wait(whole)
    run = lab.start({"kind": "scan", "data": "digits"})
    lab.wait_step(run, 1)
    lab.ask(run, Verb.STOP)
    stopped = lab.wait(run)
    assert stopped.state is RunState.STOPPED
    assert 0 < stopped.step < stopped.steps == 1797
    lab.ask(run, Verb.RESUME)
    lab.wait(run, RunState.FINISHED)
    assert lab.store.artifact(run, LISTING) == lab.store.artifact(whole, LISTING)
