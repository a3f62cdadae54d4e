"""A trained network is taken home through a real engine, by a page and by the command line."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from tests.cluster.lab import Lab
from tests.datasets import making
from tfcore import trained
from tfcore.events import RunState, Verb

pytestmark = pytest.mark.timeout(600)

PHOTOS = {
    f"{label}/{number}.png": making.png(number + start)
    for label, start in (("cat", 2000), ("dog", 2100))
    for number in range(16)
}


def test_a_network_goes_home(lab: Lab, tmp_path) -> None:
    scan = lab.start({"kind": "scan", "data": str(making.folder(tmp_path / "pets", PHOTOS))})
    lab.wait(scan, RunState.FINISHED)
    extract = lab.start({"kind": "extract", "scan": scan, "network": "efficientnet-lite0"})
    lab.wait(extract, RunState.FINISHED)
    head = lab.start({"kind": "train", "extract": extract, "steps": 3})
    lab.wait(head, RunState.FINISHED)
    title = trained.unwrapped(lab.store.artifact(head, trained.FILE))[0].title

    run = lab.start({"kind": "export", "head": head, "formats": "litert,onnx", "photos": 8})
    done = lab.wait(run)
    assert (done.state, done.steps, done.reason) == (RunState.FINISHED, 2, "")
    assert done.title == f"Take home · {title} · LiteRT, ONNX"
    assert [row["format"] for row in done.summary["formats"]] == ["litert", "onnx"]
    for row in done.summary["formats"]:
        assert (row["reason"], row["photos"], row["labelled"]) == ("", 8, 8)
        assert row["difference"] <= 1e-4
        content = lab.store.artifact(run, f"export-{row['format']}.zip")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
    assert done.summary["are_own_photos"]
    assert [set(values) for _, values in lab.store.all_metrics(run)] == [
        {"export_seconds", "export_mb"}
    ] * 2

    stopped = lab.start({"kind": "export", "head": head, "photos": 8})
    lab.wait_step(stopped, 1)
    lab.ask(stopped, Verb.STOP)
    ended = lab.wait(stopped, RunState.STOPPED)
    made = [row["format"] for row in ended.summary["formats"]]
    assert made[0] == "keras"
    assert len(made) < 5
    assert lab.store.artifact(stopped, "export-keras.zip")

    out = tmp_path / "home"
    command = [sys.executable, "-m", "tfcore", "export", "--head", title.upper()]
    said = subprocess.run(
        [*command, "--formats", "onnx", "--out", str(out)],
        env=lab.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    answer = json.loads(said.stdout.splitlines()[-1])
    assert (answer["head"], answer["state"], answer["classes"]) == (head, "finished", 2)
    assert answer["formats"][0]["file"] == "export-onnx.zip"
    assert zipfile.is_zipfile(out / "export-onnx.zip")

    wrong = subprocess.run(
        [*command[:-1], f"{title}x"],
        env=lab.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert wrong.returncode == 2
    assert wrong.stderr.splitlines()[-1].startswith("error: got trained network")
