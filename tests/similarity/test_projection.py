"""The plane in which photos differ most."""

import numpy as np
import pytest

from tfcore.similarity.projection import project


def test_points_on_a_line_need_one_direction():
    line = np.linspace(-3, 5, 40, dtype=np.float32)[:, None] * np.array([[3, 0, 4]], np.float32)
    found = project(line)
    assert found.explained == pytest.approx((1.0, 0.0), abs=1e-6)
    steps = np.diff(found.points[:, 0])
    np.testing.assert_allclose(np.abs(steps), 5 * 8 / 39, rtol=1e-4)
    assert (np.sign(steps) == np.sign(steps[0])).all()


@pytest.mark.parametrize("shape", [(60, 700), (700, 60)])
def test_the_plane_explains_as_much_as_any(shape):
    """Against the singular values, for few photos and for many."""
    draw = np.random.default_rng(0)
    values = (draw.normal(size=(shape[0], 3)) @ draw.normal(size=(3, shape[1]))).astype(np.float32)
    values += 0.1 * draw.normal(size=shape).astype(np.float32)
    variances = np.linalg.svd(values - values.mean(axis=0), compute_uv=False) ** 2
    found = project(values)
    np.testing.assert_allclose(found.explained, variances[:2] / variances.sum(), rtol=1e-3)
    np.testing.assert_array_equal(found.points, project(values).points)


@pytest.mark.parametrize("values", [np.zeros((1, 3)), np.ones((4, 3)), np.zeros((0, 3))])
def test_photos_that_do_not_differ_lie_on_one_point(values):
    found = project(values.astype(np.float32))
    assert found.points.tolist() == [[0, 0]] * len(values)
    assert found.explained == (0.0, 0.0)


def test_a_feature_of_one_number_gives_one_dimension():
    found = project(np.array([[0], [1], [3]], np.float32))
    assert found.explained == pytest.approx((1, 0))
    assert not found.points[:, 1].any()
