import numpy as np
import tensorflow as tf

from tfcore.procedures import randomness
from tfcore.synthesis import transforms


def view(images, seed=1, step=0, scale=0.0, rotation=0.0, jitter=0.0):
    knobs = {"scale": scale, "rotation": rotation, "jitter": jitter}
    made = transforms.random_view(
        tf.constant(images, tf.float32),
        tf.constant(seed, tf.int64),
        tf.constant(step, tf.int64),
        **{name: tf.constant(value, tf.float32) for name, value in knobs.items()},
    )
    return made.numpy()


def views(image, count, **moves):
    """The views of the first steps."""
    return np.concatenate([view(image, step=step, **moves) for step in range(count)])


def disc(size=65):
    rows, columns = np.mgrid[:size, :size] - size // 2
    image = (np.hypot(rows, columns) < 12).astype(np.float32)
    return image[None, :, :, None].repeat(3, 3)


def centers(images):
    rows, columns = np.mgrid[: images.shape[1], : images.shape[2]]
    mass = images[..., 0].sum((1, 2))
    return np.stack([(images[..., 0] * axis).sum((1, 2)) / mass for axis in (rows, columns)], 1)


def test_all_zero_is_the_picture_itself():
    images = np.random.default_rng(0).random((2, 33, 33, 3), np.float32)
    np.testing.assert_allclose(view(images), images, atol=1e-5)


def test_views_follow_seed_and_step_and_are_shared_within_a_batch():
    images = np.random.default_rng(0).random((1, 32, 32, 3), np.float32).repeat(2, 0)
    moves = {"scale": 0.3, "rotation": 20.0, "jitter": 8.0}
    made = view(images, 3, 5, **moves)
    assert np.array_equal(made, view(images, 3, 5, **moves))
    assert not np.array_equal(made, view(images, 4, 5, **moves))
    assert not np.array_equal(made, view(images, 3, 6, **moves))
    assert np.array_equal(made[0], made[1])


def test_zoom_changes_the_size_by_up_to_its_share():
    areas = views(disc(), 64, scale=0.5)[..., 0].sum((1, 2)) / disc()[..., 0].sum()
    assert 1.5**-1.2 - 0.02 < areas.min() < 0.75
    assert 1.9 < areas.max() < 1.5**2 + 0.05
    assert 32 <= (areas > 1).sum() <= 48


def test_zoom_and_rotation_keep_the_centre_and_shift_moves_it_by_at_most_its_bound():
    np.testing.assert_allclose(centers(views(disc(), 16, scale=0.3, rotation=180.0)), 32, atol=0.2)
    moved = centers(views(disc(), 64, jitter=10.0)) - 32
    assert np.abs(moved).max() <= 10.1
    assert moved.min(0).max() < -5
    assert moved.max(0).min() > 5


def test_rotation_is_in_degrees():
    bar = np.zeros((1, 65, 65, 3), np.float32)
    bar[:, 32, 12:53] = 1.0
    rows, columns = np.mgrid[:65, :65] - 32
    turned = views(bar, 64, rotation=30.0)[..., 0]
    angles = np.degrees(
        0.5
        * np.arctan2(
            2 * (turned * rows * columns).sum((1, 2)),
            (turned * (columns**2 - rows**2)).sum((1, 2)),
        )
    )
    assert 20 < np.abs(angles).max() < 31
    assert angles.min() < 0 < angles.max()


def test_noise_has_its_strength_and_follows_seed_and_step():
    def noise(seed, step):
        keys = tf.constant(seed, tf.int64), tf.constant(step, tf.int64)
        return transforms.add_noise(tf.zeros((1, 64, 64, 3)), *keys, tf.constant(0.1)).numpy()

    strengths = np.array([noise(0, step).std() for step in range(64)])
    assert 20 <= (strengths == 0).sum() <= 44
    assert abs(strengths[strengths > 0].mean() - 0.1) < 0.03
    assert 0.18 < strengths.max() < 0.205
    step, other = np.flatnonzero(strengths)[:2]
    assert np.array_equal(noise(0, step), noise(0, step))
    assert not np.array_equal(noise(0, step), noise(0, other))
    assert not np.array_equal(noise(0, step), noise(1, step))


def test_draws_for_different_purposes_differ():
    seed, step = tf.constant(0, tf.int64), tf.constant(0, tf.int64)
    draws = {
        randomness.normal((4,), randomness.key(seed, step, purpose)).numpy().tobytes()
        for purpose in range(5)
    }
    assert len(draws) == 5


def test_each_image_of_a_batch_moves_by_its_own_amount():
    amounts = tf.constant([0.0, 10.0])
    still = tf.zeros(2)
    keys = tf.constant(1, tf.int64), tf.constant(0, tf.int64)
    pair = tf.repeat(disc(), 2, axis=0)
    moved = transforms.random_view(pair, *keys, scale=still, rotation=still, jitter=amounts)
    np.testing.assert_allclose(moved[0], disc()[0], atol=1e-5)
    assert np.abs(moved[1] - disc()[0]).max() > 0.5
    strengths = tf.constant([0.1, 0.2])
    keys = tf.constant(0, tf.int64), tf.constant(0, tf.int64)  # this seed's first step has noise
    grains = transforms.add_noise(tf.zeros((2, 64, 64, 3)), *keys, strengths).numpy()
    assert grains.any()
    np.testing.assert_allclose(2 * grains[0], grains[1], rtol=1e-5)
