"""The training of a head as the engine drives it."""

import json
import math

import numpy as np
import pytest

from tests.engine.tiny import drive, of
from tests.heads import making
from tfcore import evaluation, head_file, trained
from tfcore.engine.titles import title
from tfcore.errors import UserError
from tfcore.events import Failed, Metrics, RunState
from tfcore.heads.crossvalidation import crossvalidated
from tfcore.heads.procedure import TrainProcedure
from tfcore.parsing import parse
from tfcore.settings import steerable

MATERIAL = making.material()
FIGURES = {"train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate"}


def job(test=None, **changes: object) -> TrainProcedure:
    return TrainProcedure(making.settings(**changes), MATERIAL, test)


def finished(one: TrainProcedure) -> TrainProcedure:
    while one.step_number < one.steps:
        one.step()
    return one


def test_a_run_ends_with_a_head_its_evaluation_and_figures() -> None:
    one = job(learning_rate=0.05)
    assert set(one.step()) == FIGURES
    result = finished(one).result()
    summary = json.loads(json.dumps(result.summary))
    head = head_file.from_bytes(result.files[trained.FILE])
    known = evaluation.from_bytes(result.files[evaluation.FILE])
    side = known.sides["validation"]
    assert head.about.classes == known.classes == ("cat", "dog", "fox")
    assert (head.about.network, head.about.dim) == ("efficientnet-lite0", 12)
    assert (head.about.data, head.about.data_digest) == ("pets", "d" * 64)
    assert head.about.temperature == known.temperature == summary["temperature"]
    assert summary["val_accuracy"] == side.accuracy == head.about.figures["val_accuracy"] > 0.9
    assert summary["train_images"] + summary["val_images"] == 180
    assert (summary["epochs"], summary["parameters"], summary["test_accuracy"]) == (12, 39, None)
    assert 1 <= summary["best_epoch"] <= 12
    assert {"versions", "weights_digest", "cpu", "seconds"} <= set(summary)
    # What the file says of the photos is what the evaluation says of them.
    rows = {photo.digest: row for row, photo in enumerate(MATERIAL.photos)}
    values = MATERIAL.values[[rows[digest] for digest in side.photos.digest]]
    said = head.logits(values)
    assert tuple(said.argmax(1)) == side.photos.guess
    chances = np.exp(said) / np.exp(said).sum(1, keepdims=True)
    np.testing.assert_allclose(chances.max(1), side.photos.confidence, atol=2e-4)


def test_the_same_run_leaves_the_same_file() -> None:
    files = [finished(job(hidden="8", dropout=0.2)).result().files for _ in range(2)]
    assert files[0] == files[1]


def test_a_resumed_run_leaves_the_file_of_one_left_alone() -> None:
    changes = {"hidden": "8", "batch_norm": True, "dropout": 0.2}
    whole, begun, resumed = finished(job(**changes)), job(**changes), job(**changes)
    for _ in range(5):
        begun.step()
    resumed.restore(begun.state())
    assert resumed.step_number == 5
    assert finished(resumed).result().files == whole.result().files
    with pytest.raises(ValueError, match="other settings"):
        job(**{**changes, "seed": 1}).restore(begun.state())


def test_stopping_keeps_the_best_epoch() -> None:
    one = job(learning_rate=0.05)
    for _ in range(4):
        one.step()
    summary = one.result().summary
    assert summary["epochs"] == 4
    assert summary["best_epoch"] <= 4


def test_a_run_that_was_stopped_before_its_first_epoch_leaves_no_head() -> None:
    result = job().result()
    assert not result.files
    assert result.summary["classes"] == ["cat", "dog", "fox"]


def test_early_stopping_ends_the_run() -> None:
    one = finished(job(learning_rate=5.0, patience=2, steps=400))
    assert one.steps == one.step_number < 400
    assert one.result().summary["epochs"] == one.result().summary["best_epoch"] + 2


def test_a_run_that_diverges_fails_and_leaves_its_last_good_head() -> None:
    one = job(optimizer="sgd", hidden="8", scaling="none", learning_rate=0.01, steps=50)
    one.step()
    one.steer({"learning_rate": 1e30})
    state, events = drive(one)
    (failed,) = of(Failed, events)
    assert state is None
    assert "lower the learning rate" in failed.reason
    assert failed.summary["best_epoch"] >= 1
    head = head_file.from_bytes(failed.files[trained.FILE])
    assert np.isfinite(head.logits(MATERIAL.values)).all()
    assert all(
        math.isfinite(v) for event in of(Metrics, events) for v in event.rows[-1][1].values()
    )


def test_a_run_that_diverges_at_once_leaves_nothing() -> None:
    one = job(optimizer="sgd", hidden="8", learning_rate=100, scaling="none", batch_size=4)
    one.steer({"learning_rate": 1e38})
    state, events = drive(one)
    assert (state, of(Failed, events)[0].files) == (None, {})


def test_what_if_teaches_its_heads_side_by_side() -> None:
    one = job(vary="learning_rate", values="0.05, 0.00001", patience=0)
    row = one.step()
    assert set(row) == {f"{name}@{cell}" for name in FIGURES for cell in (0, 1)}
    result = finished(one).result()
    first, second = result.summary["cells"]
    assert (first["caption"], second["caption"]) == ("0.05", "0.00001")
    assert first["val_loss"] < second["val_loss"]
    assert result.summary["val_loss"] == first["val_loss"]
    assert result.files[trained.FILE] == result.files["head-0.tlhead"]
    assert result.files["head-1.tlhead"] != result.files["head-0.tlhead"]
    alone = finished(job(learning_rate=0.05, patience=0)).result()
    assert alone.files[trained.FILE] == result.files["head-0.tlhead"]


def test_a_cell_that_is_done_waits_for_the_others_and_one_that_diverges_is_left_out() -> None:
    one = job(vary="learning_rate", values="5, 0.01", patience=2, steps=40)
    rows = []
    while one.step_number < one.steps:
        rows.append(one.step())
    assert "val_loss@0" in rows[0]
    assert "val_loss@0" not in rows[-1]
    assert "val_loss@1" in rows[-1]


def test_an_untouched_folder_is_asked_at_the_end() -> None:
    test = making.material({"cat": 80, "dog": 70, "owl": 2})
    result = finished(job(test)).result()
    side = evaluation.from_bytes(result.files[evaluation.FILE]).sides["test"]
    assert side.n == result.summary["test_images"] == 30
    assert result.summary["test_accuracy"] == side.accuracy
    assert len(result.summary["notes"]) == 3


def test_cross_validation_asks_every_photo_once() -> None:
    side = crossvalidated(making.settings(learning_rate=0.05), MATERIAL, 4)
    assert sorted(side.photos.digest) == sorted(photo.digest for photo in MATERIAL.photos)
    assert side.accuracy > 0.9


def test_settings_are_read_from_words() -> None:
    settings = parse({"kind": "train", "extract": making.NOBODY, "hidden": "256x64"})
    assert (settings.hidden, settings.units) == ("256,64", (256, 64))
    assert parse({**settings.model_dump(), "hidden": "linear"}).units == ()
    assert steerable(type(settings)) == ("learning_rate", "dropout", "weight_decay")
    assert title(settings) == "Head · 256 × 64, adam"
    varied = {"vary": "hidden", "values": "linear, 64, 256x64"}
    what_if = parse({"kind": "train", "extract": making.NOBODY, **varied})
    assert [cell.units for cell in what_if.cells()] == [(), (64,), (256, 64)]
    assert title(what_if) == "Head · linear, adam · 3 × hidden layers"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hidden": "0x5"}, "numbers of neurons"),
        ({"hidden": "a"}, "numbers of neurons"),
        ({"hidden": "1x1x1x1"}, "up to 3"),
        ({"learning_rate": 0}, "more than 0 to 100"),
        ({"steps": 10_001}, "1 to 10000"),
        ({"optimizer": "lion"}, "adam"),
        ({"extract": "x"}, "extract"),
        ({"vary": "learning_rate", "values": "0.1,500"}, "more than 0 to 100"),
        ({"vary": "test", "values": "a,b"}, "learning_rate"),
    ],
)
def test_what_no_training_can_have_is_refused(changes, words) -> None:
    with pytest.raises(UserError, match=words):
        parse({"kind": "train", "extract": making.NOBODY, **changes})


def test_states() -> None:
    assert drive(job(steps=3))[0] is RunState.FINISHED
