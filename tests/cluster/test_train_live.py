"""From a folder to a head that knows its classes, by a real engine and its worker."""

import json
import subprocess
import sys

import pytest

from tests.cluster.lab import Lab
from tests.datasets import making
from tfcore import catalog, evaluation, head_file, learning_curve, trained
from tfcore.events import RunState, Verb
from tfcore.store import export

pytestmark = pytest.mark.timeout(900)

PHOTOS = {
    f"{label}/{number}.png": making.png(number + start)
    for label, start in (("cat", 1000), ("dog", 1100))
    for number in range(12)
}


def test_a_folder_becomes_a_head_that_is_used_replayed_and_asked_how_few_are_enough(
    lab: Lab, tmp_path, monkeypatch
) -> None:
    root = making.folder(tmp_path / "pets", PHOTOS)
    scan = lab.start({"kind": "scan", "data": str(root)})
    lab.wait(scan, RunState.FINISHED)
    extract = lab.start({"kind": "extract", "scan": scan})
    lab.wait(extract, RunState.FINISHED)

    changes = {"steps": 40, "patience": 0, "hidden": "8", "dropout": 0.1}
    run = lab.wait(lab.start({"kind": "train", "extract": extract, **changes}), RunState.FINISHED)
    content = lab.store.artifact(run.id, trained.FILE)
    known = evaluation.from_bytes(lab.store.artifact(run.id, evaluation.FILE))
    head = head_file.from_bytes(content)
    assert head.about.title == "pets (2 classes)"
    assert run.summary["train_images"] + run.summary["val_images"] == 24
    assert known.sides["validation"].accuracy == run.summary["val_accuracy"]
    rows = lab.store.all_metrics(run.id)
    assert [step for step, _ in rows] == list(range(1, 41))
    assert set(rows[0][1]) == {
        *("train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate")
    }

    # Steered, stopped, and gone on with.
    long = lab.start({"kind": "train", "extract": extract, "steps": 10_000, "patience": 0})
    lab.wait_step(long, 5)
    lab.ask(long, Verb.STEER, {"learning_rate": 0.01})
    lab.ask(long, Verb.STOP)
    stopped = lab.wait(long, RunState.STOPPED)
    assert 0 < stopped.summary["best_epoch"] <= stopped.step < 10_000
    assert lab.store.marks(long)[0].changes == {"learning_rate": 0.01}
    assert head_file.from_bytes(lab.store.artifact(long, trained.FILE)).about.classes == (
        "cat",
        "dog",
    )

    curve = lab.start({"kind": "curve", "extract": extract, "points": 2, "seeds": 2, "epochs": 5})
    lab.wait(curve, RunState.FINISHED)
    found = learning_curve.from_bytes(lab.store.artifact(curve, learning_curve.FILE))
    assert [len(point.accuracies) for point in found.points] == [2, 2]

    # The head is a network: the command line asks it, and does its recipe again.
    def said(*words: str) -> dict[str, object]:
        line = [sys.executable, "-m", "tfcore", *words]
        done = subprocess.run(line, env=lab.environment, capture_output=True, text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1])

    photo = str(root / "cat" / "0.png")
    monkeypatch.setenv("TRANSFERLAB_DATA", str(lab.link.config.data))
    assert catalog.get(trained.name_of(run.id)).family == trained.FAMILY
    recipe, file = tmp_path / "recipe.json", tmp_path / "own.tlhead"
    recipe.write_bytes(export.recipe_bytes(lab.store, run))
    file.write_bytes(content)
    again = said("replay", str(recipe), "--out", str(tmp_path / "out"))
    assert again["matches"] is True
    assert (tmp_path / "out" / trained.FILE).read_bytes() == content
    by_run, by_file = (
        said("predict", "--image", photo, "--head", name) for name in (run.id, str(file))
    )
    assert by_run["top5"] == by_file["top5"]
    assert {one["label"] if "label" in one else one["name"] for one in by_run["top5"]} == {
        "cat",
        "dog",
    }

    # The same from one line, and then the last block learns too.
    out = tmp_path / "tuned"
    tuned = said(
        *("train", "--data", str(root), "--epochs", "5", "--fine-tune-layers", "1"),
        *("--out", str(out)),
    )
    assert (tuned["state"], tuned["classes"]) == ("finished", ["cat", "dog"])
    record = lab.store.run(tuned["run_id"])
    assert (record.kind, record.settings["blocks"]) == ("finetune", 1)
    assert lab.store.run(record.settings["head"]).kind == "train"
    changed = head_file.from_bytes((out / tuned["head"]).read_bytes())
    assert bool(changed.backbone) == (tuned["best_epoch"] > 0)
