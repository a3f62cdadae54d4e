"""Photos that look different each time: what changes, what never does, and by how much."""

import numpy as np
import pytest
import tensorflow as tf

from tfcore.heads.augmentation import augmented

NOTHING = {"flip": False, "crop": 0.0, "rotation": 0.0, "colour": 0.0}
PHOTOS = np.random.default_rng(0).uniform(size=(16, 12, 12, 3)).astype(np.float32)


def seen(step=0, seed=0, photos=PHOTOS, **changes):
    draw = tf.constant(seed, tf.int64), tf.constant(step, tf.int64)
    return augmented(tf.constant(photos), *draw, **(NOTHING | changes)).numpy()


@pytest.mark.parametrize(
    "change", [{"flip": True}, {"crop": 0.5}, {"rotation": 30.0}, {"colour": 0.5}]
)
def test_seed_and_step_alone_decide(change):
    first = seen(3, **change)
    assert np.array_equal(first, seen(3, **change))
    assert not np.array_equal(first, seen(4, **change))
    assert not np.array_equal(first, seen(3, seed=1, **change))
    assert first.min() >= 0
    assert first.max() <= 1


def test_nothing_asked_for_changes_nothing():
    assert np.array_equal(seen(), PHOTOS)


def test_a_mirrored_photo_is_the_photo_mirrored_and_half_of_them_are():
    same = mirrored = 0
    for step in range(20):
        for photo, found in zip(PHOTOS, seen(step, flip=True), strict=True):
            same += np.allclose(found, photo, atol=1e-5)
            mirrored += np.allclose(found, photo[:, ::-1], atol=1e-5)
    assert same + mirrored == 320
    assert 120 < mirrored < 200


def test_a_crop_shows_a_part_of_the_photo_enlarged():
    slope = np.broadcast_to(np.linspace(0, 1, 32, dtype=np.float32)[None, :, None], (32, 32, 3))
    found = seen(photos=np.stack([slope] * 16), crop=0.5)
    spans = found[:, 16, -1, 0] - found[:, 16, 0, 0]
    assert spans.min() > 0.45
    assert spans.max() < 1.01
    assert spans.std() > 0.05
    assert (found[:, 16, 0, 0] > -1e-5).all()


def test_colour_leaves_shapes_alone():
    found = seen(colour=0.3)
    for photo, other in zip(PHOTOS, found, strict=True):
        assert np.corrcoef(photo.mean(axis=2).ravel(), other.mean(axis=2).ravel())[0, 1] > 0.9
    assert 0.03 < np.abs(found - PHOTOS).mean() < 0.3


def test_a_turn_by_half_a_circle_keeps_the_middle():
    photo = np.zeros((1, 33, 33, 3), np.float32)
    photo[0, 16, 16] = 1
    assert seen(photos=photo, rotation=180.0)[0, 16, 16, 0] > 0.9
