"""Some 200 ways to write the same photo: all are accepted, with the pixels that were meant."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.datasets import making
from tests.datasets.variants import VARIANTS, file_name
from tfcore import images
from tfcore.datasets.checking import check
from tfcore.datasets.records import Photo
from tfcore.datasets.walking import Found


def test_there_are_enough():
    assert len(VARIANTS) >= 200
    moving = [Image.open(io.BytesIO(data)) for name, _, data, *_ in VARIANTS if "animated" in name]
    assert len(moving) >= 12
    assert all(image.n_frames == 2 for image in moving)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_every_variant_is_accepted_with_the_right_pixels(tmp_path, kind):
    for number, (name, its_kind, data, meant, tolerance) in enumerate(VARIANTS):
        if its_kind != kind:
            continue
        file = f"cat/{file_name(number)}"
        making.folder(tmp_path, {file: data})
        record = check(tmp_path, Found(file, "cat"))
        assert isinstance(record, Photo), (name, record)
        assert (record.kind, record.note) == (kind, ""), name
        assert (record.height, record.width) == meant.shape[:2], name
        error = np.abs(images.decode(data).astype(float) - meant)
        assert error.mean() <= tolerance, (name, error.mean())
