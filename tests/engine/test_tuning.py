"""What a fine-tuning is made of, as the engine looks it up, and what it refuses."""

import pytest

from tests.store.making import add_run, open_store
from tests.trained_making import made
from tfcore import trained
from tfcore.config import Config
from tfcore.engine import tuning
from tfcore.errors import TooLarge, UserError
from tfcore.events import RunState
from tfcore.settings import FineTuneSettings

FEATURES = "f" * 12
MADE_OF = tuning.Extracted(space={}, images=4, weights_seed=None, data="textures")


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))
    monkeypatch.setattr(tuning.extracted, "of", lambda store, run, **_: MADE_OF)
    return open_store(tmp_path)


def taught(store, kind="train", **settings):
    settings = {"extract": FEATURES, "validation": 0.3, "seed": 5} | settings
    if kind == "finetune":
        settings = {"head": settings["head"]}
    run = add_run(store, state=RunState.FINISHED, kind=kind, **settings)
    content = made().to_bytes()
    store.add_artifact(run, trained.FILE, content)
    trained.install(trained.name_of(run), content)
    return run


def limits(store, **changes):
    return Config(data=store.path.parent, worker_memory_mb=4000, **changes)


def test_a_worker_gets_the_head_and_how_its_photos_were_divided(store):
    head = taught(store, test="e" * 12)
    run = store.run(add_run(store, kind="finetune", head=head))
    given = tuning.handed_on(store, run)
    assert given["taught"].head == store.artifact(head, trained.FILE)
    assert (given["taught"].validation, given["taught"].seed) == (0.3, 5)
    assert given["extracted"] == given["test"] == MADE_OF


def test_a_fine_tuned_head_goes_back_to_its_training(store):
    first = taught(store)
    second = taught(store, "finetune", head=first)
    assert tuning.training(store, second).seed == 5


def test_of_several_seeds_that_of_the_best_head_divides(store):
    cells = [{"caption": "1", "val_loss": 0.4}, {"caption": "7", "val_loss": 0.2}]
    head = taught(store, vary="seed", values="1,7")
    store.update(head, summary={"cells": cells})
    assert tuning.training(store, head).seed == 7


def test_what_it_is_called(store):
    head = taught(store)
    titles = [tuning.title(FineTuneSettings(head=head, blocks=n)) for n in (0, 1, 3)]
    assert titles == [
        "Fine-tuning · EfficientNet-Lite0, head from photos",
        "Fine-tuning · EfficientNet-Lite0, last block",
        "Fine-tuning · EfficientNet-Lite0, last 3 blocks",
    ]
    careless = FineTuneSettings(head=head, guard=False)
    assert tuning.title(careless).endswith("last 2 blocks, no guard")


def test_more_blocks_and_larger_batches_need_more_memory(store):
    head = taught(store)
    needs = [
        tuning.memory_mb(FineTuneSettings(head=head, blocks=blocks, batch_size=batch))
        for blocks, batch in ((1, 32), (4, 32), (9, 32), (9, 256))
    ]
    assert needs == sorted(set(needs))


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"blocks": 10}, UserError, "10 blocks of EfficientNet-Lite0, expected 0 to 9"),
        ({"blocks": 9, "batch_size": 256}, TooLarge, "choose fewer blocks"),
        ({"head": "0" * 12}, UserError, "train a head first"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(store, changes, error, said):
    head = taught(store)
    settings = FineTuneSettings.model_validate({"head": head} | changes)
    with pytest.raises(error, match=said):
        tuning.check(settings, store, limits(store))


def test_a_run_that_left_no_head_is_none_to_begin_with(store):
    scan = add_run(store, state=RunState.FINISHED, kind="scan", data="textures")
    with pytest.raises(UserError, match="train a head first"):
        tuning.check(FineTuneSettings(head=scan), store, limits(store))
