"""What is recorded of an attack and taken home of it."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.store import making
from tfcore import images
from tfcore.events import RunState
from tfcore.store import export, recipe_file
from tfcore.store.comparison import differences

PHOTO, AFTER = making.picture(100, 16), making.picture(103, 16)


@pytest.fixture
def store(tmp_path):
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def fooled(store, **settings):
    """An attack that has ended, with two frames of picture and change."""
    run = making.add_run(
        store,
        kind="attack",
        state=RunState.FINISHED,
        photo=images.to_png(PHOTO),
        fields={"step": 2},
        **settings,
    )
    for step in (0, 2):
        sheet = images.montage([PHOTO if step == 0 else AFTER, making.picture(128)])
        store.add_frame(run, step, images.to_jpeg(sheet), [(284, 0.9)])
    store.add_artifact(run, "image.png", images.to_png(AFTER))
    return store.run(run)


def test_photo_and_amplified_change_are_taken_home(store):
    run = fooled(store, epsilon=4)
    assert export.original_png(run) == run.photo
    change = images.from_png(export.perturbation_png(store, run))
    expected = 128 + 8 * (AFTER.astype(int) - PHOTO)
    assert np.array_equal(change, np.clip(expected, 0, 255))


def test_the_growth_shows_the_picture_without_the_change_beside_it(store):
    with Image.open(io.BytesIO(export.gif_bytes(store, fooled(store).id))) as gif:
        assert gif.size == (16, 16)


def test_a_what_if_attack_has_no_one_change(store):
    run = fooled(store, vary="epsilon", values="1, 2")
    assert export.perturbation_png(store, run) is None
    assert not export.shows_change(run)


def test_other_runs_have_neither(store):
    run = store.run(making.add_run(store))
    assert export.original_png(run) is None
    assert export.perturbation_png(store, run) is None


def test_the_recipe_of_an_attack_is_read_again_with_its_photo(store):
    run = fooled(store, epsilon=4, target="zebra")
    again = recipe_file.read(export.recipe_bytes(store, run))
    assert again.settings.model_dump() == run.settings
    assert again.photo_png == run.photo
    assert again.expected["pixels"] == images.digest(AFTER)


def test_a_stopped_search_is_replayed_with_its_rounds(store):
    run = fooled(store, method="cw")
    store.update(run.id, state=RunState.STOPPED, step=250)
    recipe = recipe_file.compose(store.run(run.id), [], images.to_png(AFTER))
    assert (recipe.settings.steps, recipe.settings.steps_a_round) == (250, 100)


def test_runs_of_different_kinds_are_compared_by_what_each_has(store):
    attack, cat = fooled(store), store.run(making.add_run(store))
    found = {d.name: (d.left, d.right) for d in differences(attack, cat)}
    assert found["kind"] == ("attack", "synthesize")
    assert found["method"] == ("pgd", None)
    assert found["recipe"] == (None, "natural")
    assert [d.name for d in differences(attack, fooled(store, epsilon=4))] == [
        "epsilon",
        "step_size",
    ]
