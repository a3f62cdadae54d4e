"""Fine-tuning on a tiny network: what learns, what stays, and what brings it back."""

import numpy as np
import pytest

from tests.heads.tuning_made import (
    STILL,
    begun,
    ended,
    folder,
    head,
    material,
    photo,
    settings,
    sides,
    tiny,
)
from tfcore import head_file, trained
from tfcore.errors import UserError
from tfcore.heads import finetuning_network
from tfcore.heads.finetuning import FineTuneProcedure

CARELESS = {**STILL, "learning_rate": 0.3, "warm_up": 0.0, "schedule": "constant", "patience": 0}


@pytest.fixture(scope="module", autouse=True)
def tiny_network():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finetuning_network, "load", tiny)
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return folder(tmp_path_factory.mktemp("colours") / "set")


@pytest.fixture(scope="module")
def learned(root):
    """A job at its end, with the figures of its steps and its result."""
    job = begun(root, steps=6)
    rows = ended(job)
    return job, rows, job.result()


def weights(job):
    return [weight.value.numpy() for weight in job.network.backbone.model.weights]


def test_it_learns_and_says_how(learned):
    job, rows, result = learned
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]
    assert result.summary["val_loss"] < result.summary["before"]["val_loss"]
    assert {"train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate"} < set(
        rows[0]
    )
    assert rows[-1]["epoch"] == 6
    assert job.step_number == job.steps == len(rows)
    change = result.summary["change"]
    assert change["low"] <= change["value"] <= change["high"]
    assert change["gained"] - change["lost"] == pytest.approx(
        change["value"] * result.summary["val_images"], abs=0.01
    )


def test_the_rate_grows_in_the_warm_up_and_falls_after_it(learned):
    _, rows, _ = learned
    rates = [row["learning_rate"] for row in rows]
    epoch = len(rows) // 6
    assert rates[:epoch] == sorted(rates[:epoch])
    assert max(rates) == pytest.approx(1e-3)
    assert rates[epoch:] == sorted(rates[epoch:], reverse=True)
    assert rates[-1] < 2e-4


@pytest.mark.parametrize(
    ("blocks", "moved"), [(0, []), (1, ["block3a"]), (2, ["block2a", "block3a"])]
)
def test_only_what_is_unfrozen_learns_and_statistics_never_do(root, blocks, moved):
    job = begun(root, blocks=blocks, steps=1)
    before = weights(job)
    ended(job)
    names = [weight.path for weight in job.network.backbone.model.weights]
    changed = [
        name
        for name, old, new in zip(names, before, weights(job), strict=True)
        if not np.array_equal(old, new)
    ]
    assert {name.split("_")[0] for name in changed} == set(moved)
    assert not [name for name in changed if "moving" in name]
    assert len(changed) == 3 * blocks  # a kernel, and what batch norm multiplies with and adds
    made = head_file.from_bytes(job.salvage().files[trained.FILE])
    assert len(made.backbone) == len(changed)


def test_every_block_can_learn(root):
    job = begun(root, blocks=99, steps=1)
    before = weights(job)
    ended(job)
    assert not np.array_equal(before[0], weights(job)[0])


def test_without_variation_the_frozen_part_is_computed_once(root):
    job = begun(root, **STILL, steps=2)
    asked = []
    job.network.inner, plain = lambda photos: asked.append(1) or plain(photos), job.network.inner
    ended(job)
    assert not asked


def test_kept_and_fresh_features_learn_alike(root, monkeypatch):
    ends = []
    for limit in (1 << 30, 0):
        monkeypatch.setattr("tfcore.heads.finetuning_sides.INNER_BYTES", limit)
        ends.append(ended(begun(root, **STILL, steps=2))[-1]["train_loss"])
    assert ends[0] == pytest.approx(ends[1], rel=1e-3)


def test_the_guard_rolls_back_a_rate_that_is_too_high_and_names_it(root):
    good = ended_well(root)
    job = begun(root, of=good, **CARELESS, steps=5)
    before = job.network.read()
    rows = ended(job)
    rolled = [row for row in rows if row["rolled_back"]]
    assert rolled
    summary = job.result().summary
    assert summary["rollbacks"][0]["text"].startswith("rolled back at epoch 1: validation ")
    assert summary["rollbacks"][0]["step"] == rows.index(rolled[0]) + 1
    assert summary["val_loss"] <= summary["before"]["val_loss"] + 1e-6
    assert any("rolled back" in note for note in summary["notes"])
    if summary["best_epoch"] == 0:
        kept = head_file.from_bytes(job.result().files[trained.FILE])
        np.testing.assert_array_equal(kept.backbone[min(kept.backbone)], before[0])


def test_a_rollback_brings_back_what_the_optimizer_remembers(root):
    job = begun(root, of=ended_well(root), **CARELESS, steps=5)
    before = job.network.read()
    while not job.step()["rolled_back"]:
        pass
    for old, new in zip(before, job.network.read(), strict=True):
        if old.shape:  # but the rate, which is told anew in each step
            np.testing.assert_array_equal(old, new)


def test_without_the_guard_nothing_is_undone(root):
    job = begun(root, of=ended_well(root), **CARELESS, guard=False, steps=1)
    rows = ended(job)
    assert not any(row["rolled_back"] for row in rows)
    summary = job.result().summary
    assert summary["val_loss"] > 1.2 * summary["before"]["val_loss"]
    assert summary["best_epoch"] == 1
    assert any("Nobody watched" in note for note in summary["notes"])


def ended_well(root):
    job = begun(root, steps=4)
    ended(job)
    return head_file.from_bytes(job.result().files[trained.FILE])


def test_numbers_beyond_all_bounds_end_a_run_with_what_was_good(root):
    job = begun(root, guard=False, steps=3, patience=0)
    for _ in range(3):
        job.step()
    job.network.write([np.full_like(value, np.nan) for value in job.network.read()])
    assert np.isnan(job.step()["train_loss"])
    left = job.salvage()
    assert head_file.from_bytes(left.files[trained.FILE])
    assert np.isfinite(left.summary["val_loss"])


def test_with_the_guard_they_are_rolled_back(root):
    job = begun(root, steps=3)
    job.step()
    job.network.write([np.full_like(value, np.nan) for value in job.network.read()])
    row = job.step()
    assert row["rolled_back"]
    assert all(map(np.isfinite, row.values()))
    assert all(map(np.isfinite, ended(job)[-1].values()))


@pytest.mark.parametrize("after", [0, 1, 4, 5])
def test_a_resumed_run_ends_as_the_undisturbed_one(root, after):
    whole, broken = begun(root), begun(root)
    ended(whole)
    for _ in range(after):
        broken.step()
    again = begun(root)
    again.restore(broken.state())
    assert again.step_number <= after
    ended(again)
    for one, other in zip(whole.network.read(), again.network.read(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert whole.result().files == again.result().files


def test_a_state_of_other_settings_or_damaged_is_refused(root):
    state = begun(root).state()
    for wrong in (b"", state[:-5]):
        with pytest.raises(ValueError, match="state"):
            begun(root).restore(wrong)
    with pytest.raises(ValueError, match="other settings"):
        begun(root, learning_rate=0.01).restore(state)


def test_steering_changes_the_rate_from_the_next_batch(root):
    job = begun(root, warm_up=0.0, schedule="constant")
    assert job.step()["learning_rate"] == pytest.approx(1e-3)
    job.steer({"learning_rate": 0.01})
    assert job.step()["learning_rate"] == pytest.approx(0.01)


def test_a_new_head_knows_nothing(root):
    known = head()
    (layer,) = begun(root, of=known, fresh_head=True).network.dense()
    assert layer.kernel.shape == known.layers[0].kernel.shape
    assert abs(np.corrcoef(layer.kernel.ravel(), known.layers[0].kernel.ravel())[0, 1]) < 0.5
    assert not layer.bias.any()
    (kept,) = begun(root, of=known).network.dense()
    assert np.array_equal(kept.kernel, known.layers[0].kernel)


def test_fewer_photos_than_a_batch_make_one_batch(root):
    job = begun(root, batch_size=256, steps=2)
    assert job.steps == 2
    assert len(ended(job)) == 2


def test_the_test_photos_are_asked_once_at_the_end(root, tmp_path):
    other = folder(tmp_path / "test", 6)
    for place in other.glob("*/*.png"):
        place.write_bytes(
            photo(1000 + int(place.stem), (150 * (place.parent.name == "red"), 0, 70))
        )
    job = FineTuneProcedure(settings(steps=2), head(), sides(root, test=other))
    ended(job)
    summary = job.result().summary
    assert summary["test_images"] == 6
    assert summary["before"]["test_accuracy"] is not None
    assert set(summary["test_change"]) == {"value", "low", "high", "gained", "lost"}


def test_a_preview_shows_photos_as_they_are_seen(root):
    job = begun(root)
    assert job.preview().image.dtype == np.uint8
    assert not np.array_equal(job.preview().image, begun(root, **STILL).preview().image)
    for _ in range(3):  # the last batch of an epoch is a small one
        job.step()
        assert job.preview().image.size


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"classes": ("cat", "dog")}, "a head for the classes cat, dog"),
        ({"digest": "f" * 64}, "other weights"),
    ],
)
def test_a_head_for_something_else_is_refused_in_a_sentence(root, changes, said):
    with pytest.raises(UserError, match=said):
        begun(root, of=head(**changes))


def test_photos_that_are_gone_are_named(tmp_path):
    place = folder(tmp_path / "set")
    job = FineTuneProcedure(settings(), head(), sides(place))
    known = material(place)
    for record in known.photos:
        (place / record.file).unlink()
    with pytest.raises(UserError, match="gone or changed"):
        ended(job)
