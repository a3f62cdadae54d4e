"""Pictures laid out as one and taken apart again."""

import numpy as np
import pytest

from tfcore import images


@pytest.mark.parametrize("count", range(1, 10))
def test_what_is_laid_out_comes_apart_without_loss(count):
    pictures = list(np.random.default_rng(count).integers(0, 256, (count, 5, 5, 3), dtype=np.uint8))
    sheet = images.montage(pictures)
    apart = images.pieces(sheet, count)
    assert all(np.array_equal(a, b) for a, b in zip(apart, pictures, strict=True))
    columns = images.columns_of(count)
    assert sheet.shape[1] == 5 * columns
    assert abs(columns - sheet.shape[0] // 5) <= 1
    if count < columns * (sheet.shape[0] // 5):
        assert (sheet[-5:, -5:] == 255).all()


def test_one_picture_is_its_own_montage():
    picture = np.random.default_rng(0).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    assert np.array_equal(images.montage([picture]), picture)
