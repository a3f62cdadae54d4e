"""Photos for training: the same pixels kept or decoded anew, and what has gone is named."""

import numpy as np
import pytest

from tests.features import making
from tfcore.errors import UserError
from tfcore.features.reading import read
from tfcore.heads.photos import Photos

SIZE = making.SIZE


@pytest.fixture
def sources(tmp_path):
    return making.photos(tmp_path / "photos", 5)


@pytest.mark.parametrize("memory", [1 << 20, 0])
def test_they_come_in_the_order_asked_for(sources, memory):
    photos = Photos(sources, SIZE, memory=memory)
    assert photos.is_kept is (memory > 0)
    rows = [3, 0, 3, 4]
    found = photos.take(rows, ahead=[1, 2])
    expected = [read(sources[row], SIZE).found for row in rows]
    assert np.array_equal(found, np.stack(expected))
    assert np.array_equal(photos.take([2, 1])[1], read(sources[1], SIZE).found)
    photos.close()


def test_kept_photos_are_decoded_once(sources, tmp_path):
    photos = Photos(sources, SIZE)
    first = photos.take([0, 1])
    for source in sources:
        (tmp_path / "photos" / source.path).unlink()
    assert np.array_equal(photos.take([0, 1]), first)
    with pytest.raises(UserError, match="gone or changed"):
        photos.take([2])
    photos.close()
