"""Features of a data set from the command line: computed once, kept, and written in order."""

import json
import re
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.cluster.lab import Lab
from tests.datasets import making
from tfcore.events import RunState, Verb
from tfcore.features.planning import BATCH

pytestmark = pytest.mark.timeout(400)

PHOTOS = {
    f"{label}/{number}.png": making.png(number + start)
    for label, start in (("cat", 0), ("dog", 100))
    for number in range(20)
}


def extract(lab: Lab, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tfcore", "extract", *arguments]
    return subprocess.run(
        command, env=lab.environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_what_is_known_is_not_computed_again(lab: Lab, tmp_path) -> None:
    root, out = making.folder(tmp_path / "pets", PHOTOS), tmp_path / "out"

    def told():
        done = extract(lab, "--data", str(root), "--out", str(out))
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout.splitlines()[-1])
        return answer, pq.read_table(out / answer["features"])

    first, table = told()
    assert (first["images"], first["dim"], first["cache_hits"]) == (40, 1280, 0)
    assert first["forward_passes"] == 2
    assert table["file"].to_pylist() == sorted(PHOTOS, key=str.encode)
    assert table["label"].to_pylist() == ["cat"] * 20 + ["dog"] * 20

    again, same = told()
    assert (again["cache_hits"], again["forward_passes"]) == (40, 0)
    assert same.equals(table)

    making.folder(root, {f"cat/new{number}.png": making.png(200 + number) for number in range(10)})
    more, longer = told()
    assert (more["images"], more["cache_hits"], more["forward_passes"]) == (50, 40, 1)
    old = {row["digest"]: row["features"] for row in table.to_pylist()}
    kept = [row for row in longer.to_pylist() if row["digest"] in old]
    assert len(kept) == 40
    for row in kept:
        np.testing.assert_array_equal(row["features"], old[row["digest"]])


def test_an_extraction_keeps_nobody_waiting_stops_after_its_batch_and_goes_on(lab: Lab) -> None:
    scan = lab.start({"kind": "scan", "data": "digits"})
    lab.wait(scan, RunState.FINISHED)
    run = lab.start({"kind": "extract", "scan": scan})
    lab.wait_step(run, 1)
    lab.ask(run, Verb.PAUSE)
    lab.wait(run, RunState.PAUSED)
    beside = lab.start({"kind": "scan", "data": "textures"})
    lab.wait(beside, RunState.FINISHED)
    held = lab.store.run(run)
    assert held.state is RunState.PAUSED, "it held no run's place that it had to give away"

    def told() -> list[tuple[int, float]]:
        return [(step, row["photos"]) for step, row in lab.store.all_metrics(run)]

    lab.ask(run, Verb.STOP)
    stopped = lab.wait(run)
    assert stopped.state is RunState.STOPPED
    assert held.step < stopped.step + 1 <= held.step + 4 * BATCH + 1 < stopped.steps == 1797
    assert sum(photos for _, photos in told()) == stopped.step, "what was computed is kept and told"

    lab.ask(run, Verb.RESUME)
    lab.wait_step(run, stopped.step + 1)
    lab.ask(run, Verb.STOP)
    again = lab.wait(run)
    assert (again.state, again.summary["cache_hits"]) == (RunState.STOPPED, 0)
    rows = told()
    assert sum(photos for _, photos in rows) == again.step == again.summary["images"]
    assert [step for step, _ in rows] == list(np.cumsum([photos for _, photos in rows]))


def test_fewer_digits_are_taken_or_refused_by_what_was_measured_here(lab: Lab, tmp_path) -> None:
    """Which of the two depends on this machine's processor; both say the figures."""
    root, out = making.folder(tmp_path / "pets", PHOTOS), tmp_path / "out"
    done = extract(lab, "--data", str(root), "--out", str(out), "--precision", "bfloat16")
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert re.search(r"got bfloat16 at \d\.\d\d times the speed of float32", done.stderr)
        return
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["images"], told["cache_hits"], told["precision"]) == (40, 0, "bfloat16")
    assert told["probe"]["speed_up"] >= 1.2
    assert told["probe"]["similarity"] >= 0.999


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--network", "nonet"), "a known network"),
        (("--layer", "nolayer", "--pooling", "mean"), "a known layer"),
        (("--pooling", "mean"), "both or neither"),
    ],
)
def test_a_wrong_network_is_told_before_anything_is_looked_through(
    lab: Lab, arguments: tuple[str, ...], words: str
) -> None:
    before = len(lab.store.runs())
    done = extract(lab, "--data", "digits", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(lab.store.runs()) == before
