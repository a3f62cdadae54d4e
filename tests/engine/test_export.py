"""Exports on their way through the engine: what is let in, what they are given, what they cost."""

import pytest

from tests.engine.test_admission import limits, submit
from tests.store import making
from tests.trained_making import made
from tfcore import evaluation, trained
from tfcore.datasets.procedure import LISTING
from tfcore.engine import training
from tfcore.engine.admission import admit, memory_mb
from tfcore.engine.titles import title
from tfcore.errors import TooLarge, UserError
from tfcore.events import RunState
from tfcore.parsing import parse
from tfcore.settings import read_picture, steerable

NOBODY = "0" * 12


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: limits(data=tmp_path))
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def scan(store):
    run = making.add_run(store, state=RunState.FINISHED, kind="scan", data="textures")
    store.add_artifact(run, LISTING, b"listed")
    return run


def add_head(store, scan, folder, **more):
    """A run that has taught a network, as the engine leaves it."""
    run = making.add_run(store, state=RunState.FINISHED, kind="extract", scan=scan)
    content = made(**more).to_bytes()
    store.add_artifact(run, trained.FILE, content)
    trained.install(trained.name_of(run), content, folder)
    return run


def test_only_what_was_taught_and_is_still_here_goes_home(store, scan, tmp_path):
    head = add_head(store, scan, tmp_path)
    asked = {"kind": "export", "head": head, "formats": "onnx"}
    settings = admit(submit(store, asked), store, limits(data=tmp_path))
    assert title(settings) == "Take home · My pets · ONNX"
    assert memory_mb(settings) > 800
    for wrong in (NOBODY, scan):
        with pytest.raises(UserError, match="train it again"):
            admit(submit(store, {**asked, "head": wrong}), store, limits(data=tmp_path))
    trained.remove(trained.name_of(head))
    with pytest.raises(UserError, match="train it again"):
        admit(submit(store, asked), store, limits(data=tmp_path))


def test_files_that_one_run_cannot_hand_out_are_refused_with_the_numbers(store, scan, tmp_path):
    large = add_head(store, scan, tmp_path, network="vgg16", dim=4096)
    asked = {"kind": "export", "head": large, "formats": "keras,onnx"}
    with pytest.raises(TooLarge, match=r"2 files of My pets, about 1\d\d\d MB.*at most 700 MB"):
        admit(submit(store, asked), store, limits(data=tmp_path))
    assert admit(submit(store, {**asked, "formats": "litert-int8"}), store, limits(data=tmp_path))
    small = add_head(store, scan, tmp_path)
    store.add_artifact(small, "large", bytes(20_000_000))
    with pytest.raises(TooLarge, match="delete some runs"):
        admit(
            submit(store, {"kind": "export", "head": small}),
            store,
            limits(data=tmp_path, storage_mb=60),
        )


def test_a_training_hands_on_its_data_set_and_what_it_measured(store, scan, tmp_path):
    head = add_head(store, scan, tmp_path)
    store.add_artifact(head, evaluation.FILE, b"measured")
    found = training.of(store, head)
    assert (found.data, found.listing, found.evaluation) == ("textures", b"listed", b"measured")
    store.delete(scan)
    assert training.of(store, head) == training.Training(evaluation=b"measured")
    assert training.of(store, NOBODY) == training.Training()


def test_an_export_changes_no_picture_and_nothing_of_it_steers():
    settings = parse({"kind": "export", "head": NOBODY})
    assert steerable(type(settings)) == ()
    with pytest.raises(TypeError, match="export has no picture"):
        read_picture(settings.model_dump())
