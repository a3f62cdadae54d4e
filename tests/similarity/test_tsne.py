"""The map by t-SNE: groups stay together, and a resumed map is the undisturbed one."""

import numpy as np
import pytest

from tests.datasets.making import photo
from tests.similarity.test_knn import clusters
from tfcore.errors import UserError
from tfcore.settings import MapSettings
from tfcore.similarity import tsne
from tfcore.similarity.analysis import analyse
from tfcore.similarity.maps import MAP, from_bytes
from tfcore.similarity.procedure import PIECE, MapProcedure
from tfcore.similarity.tsne import Tsne
from tfcore.store.features import FeatureStore
from tfcore.store.space import Space

SPACE = Space(network="x", weights="", size=8, preprocessing="tf", dim=8)
SETTINGS = MapSettings(extract="0" * 12, steps=250, perplexity=5)
SIZES = (14, 12, 10)


@pytest.fixture(scope="module")
def extraction(tmp_path_factory):
    """Three groups in a store, and their analysis."""
    values, labels = clusters(SIZES, noise=0.2)
    photos = [photo(number, label) for number, label in enumerate(labels)]
    store = FeatureStore(tmp_path_factory.mktemp("features"))
    store.write(SPACE, [each.digest for each in photos], values)
    return analyse(values, photos), store


@pytest.fixture
def begun(extraction):
    return lambda **changes: MapProcedure(SETTINGS.model_copy(update=changes), *extraction, SPACE)


def ended(job):
    while job.step_number < job.steps:
        job.step()
    return from_bytes(job.result().files[MAP])


def test_three_groups_stay_apart_and_the_map_gets_better(extraction, begun):
    job = begun()
    first = job.step()["kl_divergence"]
    found = ended(job)
    assert found.kl < first
    assert (found.iterations, found.rows) == (250, list(range(sum(SIZES))))
    points, own = np.array(found.xy), np.repeat(range(3), SIZES)
    middles = np.array([points[own == n].mean(axis=0) for n in range(3)])
    nearest = np.linalg.norm(points[:, None] - middles, axis=2).argmin(axis=1)
    assert (nearest == own).all()
    mixed = np.random.default_rng(0).permutation(points)
    spread = [np.concatenate([p[own == n] - p[own == n].mean(0) for n in range(3)]).std()
              for p in (points, mixed)]  # fmt: skip
    assert spread[0] < spread[1] / 2


@pytest.mark.parametrize("after", [0, 1, 8, 9, 20])
def test_a_restored_map_ends_as_the_undisturbed_one(begun, after):
    """Early exaggeration ends after 83 iterations: within the ninth step."""
    job = begun()
    for _ in range(after):
        job.step()
    other = begun()
    other.restore(job.state())
    assert other.step_number == job.step_number == after * PIECE
    assert other.state() == job.state()
    assert ended(other) == ended(job)


def test_the_pieces_of_a_step_do_not_change_the_map():
    """Rounding must not tell how often the library was called."""
    values, _ = clusters(SIZES, noise=0.2)
    maps = [Tsne(values, perplexity=5, seed=0, iterations=60) for _ in range(2)]
    maps[0].advance(60)
    for _ in range(20):
        maps[1].advance(3)
    np.testing.assert_array_equal(maps[0].points, maps[1].points)
    assert maps[0].kl == maps[1].kl


def test_many_photos_are_drawn_from_a_grid_of_forces(monkeypatch):
    values, _ = clusters(SIZES, noise=0.2)
    tree = Tsne(values, perplexity=5, seed=0, iterations=60)
    monkeypatch.setattr(tsne, "_INTERPOLATED", 10)
    grid = Tsne(values, perplexity=5, seed=0, iterations=60)
    for each in (tree, grid):
        each.advance(60)
    assert grid.kl == pytest.approx(tree.kl, rel=0.15)
    assert not np.array_equal(grid.points, tree.points)


def test_another_seed_is_another_map_and_the_same_one_is_not(begun):
    jobs = [begun(), begun(), begun(seed=1)]
    for job in jobs:
        job.step()
    first, same, other = [job.result().files[MAP] for job in jobs]
    assert first == same != other


def test_a_stopped_map_is_kept_as_far_as_it_is_drawn(begun):
    job = begun()
    assert job.result().files == {}
    job.step()
    found = from_bytes(job.result().files[MAP])
    assert (found.iterations, len(found.xy)) == (PIECE, sum(SIZES))


def test_of_more_photos_than_wanted_a_part_is_drawn(begun, extraction):
    found = begun(most_photos=12)
    found.step()
    rows = from_bytes(found.result().files[MAP]).rows
    assert len(rows) == 12
    assert {extraction[0].labels[row] for row in rows} == set(extraction[0].classes)


def test_few_photos_have_a_smaller_perplexity(begun):
    assert begun(perplexity=100.0).result().summary["perplexity"] == pytest.approx(35 / 3, abs=0.01)


def test_the_state_of_another_map_is_refused(begun):
    job = begun()
    for other in (begun(seed=1), begun(most_photos=12)):
        with pytest.raises(ValueError, match=r"another|other"):
            other.restore(job.state())


def test_the_picture_shows_each_class_in_its_colour(begun):
    job = begun()
    ended(job)
    picture = job.preview().image
    assert (picture.shape, picture.dtype) == ((448, 448, 3), np.uint8)
    seen = {tuple(pixel) for pixel in picture.reshape(-1, 3).tolist()}
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), (0x00, 0x9E, 0x73)} <= seen


def test_photos_that_do_not_differ_are_no_trouble():
    same = Tsne(np.ones((8, 4), np.float32), perplexity=5, seed=0, iterations=250)
    same.advance(20)
    assert np.isfinite(same.points).all()


def test_too_few_photos_are_refused():
    values, labels = clusters([3, 2])
    few = analyse(values, [photo(number, label) for number, label in enumerate(labels)])
    with pytest.raises(UserError, match="got 5 photos to draw a map of, expected at least 6"):
        MapProcedure(SETTINGS, few, None, SPACE)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"version": 2}', b'{"version": 1, "x": 1}'])
def test_something_else_is_no_map(content):
    with pytest.raises(UserError, match="draw it again"):
        from_bytes(content)
