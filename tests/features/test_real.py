"""Real photos through the real EfficientNet-Lite0."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from tests import pictures
from tests.features.making import source_of
from tfcore.backbones.loading import load
from tfcore.features.extraction import extract
from tfcore.features.planning import Source
from tfcore.features.program import program_for
from tfcore.images import decode, fit_square, to_float

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def program():
    return program_for("efficientnet-lite0")


def directly(backbone, source):
    """Features of one photo alone, without any of this room's code."""
    pixels = fit_square(decode(Path(source.path).read_bytes()), backbone.size)
    return backbone.features(to_float(pixels)[None]).numpy()[0]


def test_installed_photos_have_the_features_of_the_unfolded_network(tmp_path, store, program):
    work = []
    for name in ("astronaut", "chelsea", "coffee", "rocket"):
        path = tmp_path / f"{name}.jpg"
        path.write_bytes(pictures.encoded(getattr(data, name)(), "JPEG", quality=90))
        work.append(source_of(path))
    extract(store, program, work)
    found = store.read(program.space, [source.digest for source in work])
    plain = load("efficientnet-lite0", fast=False)
    for source, row in zip(work, found, strict=True):
        np.testing.assert_allclose(row, directly(plain, source), atol=TOLERANCE)
    assert np.abs(found[0] - found[1]).max() > 0.1


@pytest.mark.testbed
def test_photos_of_a_data_set_are_computed_once_and_right(testbed, store, program, lite0):
    paths = sorted((testbed / "cats_dogs").glob("*/*"))[::10]
    work = [Source(str(p), hashlib.sha256(p.read_bytes()).hexdigest()) for p in paths]
    assert extract(store, program, work).outcome.progress.photos == len(work) == 40
    shuffled = list(np.random.default_rng(0).permutation(len(work)))
    found = store.read(program.space, [work[i].digest for i in shuffled])
    for row, number in list(zip(found, shuffled, strict=True))[:8]:
        np.testing.assert_allclose(row, directly(lite0, work[number]), atol=TOLERANCE)
    assert extract(store, program, work).outcome.progress.passes == 0
