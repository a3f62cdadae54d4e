"""One file to pixels, or the reason why not."""

import os

import numpy as np
import pytest

from tests import pictures
from tests.features.making import photos, source_of
from tfcore.features.reading import Decoded, SetAside, read
from tfcore.images import decode, fit_square


def reason(decoded: Decoded) -> str:
    assert isinstance(decoded.found, SetAside)
    assert ", fix: " in decoded.found.sentence
    return decoded.found.reason


@pytest.mark.parametrize("kind", pictures.every_kind())
@pytest.mark.parametrize("size", [8, 33, 100])
def test_the_network_sees_what_is_seen_everywhere(tmp_path, kind, size):
    data = pictures.every_kind()[kind]
    path = tmp_path / "any.name"
    path.write_bytes(data)
    np.testing.assert_array_equal(
        read(source_of(path), size).found, fit_square(decode(data), size), strict=True
    )


def test_a_photo_that_changed_is_not_computed(tmp_path):
    (source,) = photos(tmp_path, 1)
    path = tmp_path / "0000.jpg"
    path.write_bytes(path.read_bytes() + b"x")
    assert reason(read(source, 8)) == "changed"


def test_files_that_became_unusable_say_why(tmp_path):
    (source,) = photos(tmp_path, 1)
    path = tmp_path / "0000.jpg"
    path.unlink()
    assert reason(read(source, 8)) == "unreadable"
    path.mkdir()
    assert reason(read(source, 8)) == "unreadable"
    path.rmdir()
    os.mkfifo(path)
    assert reason(read(source, 8)) == "unreadable"


def test_what_is_no_picture_is_set_aside_by_its_flaw(tmp_path):
    path = tmp_path / "a.jpg"
    for data, flaw in [
        (b"", "empty"),
        (b"<html>", "not-an-image"),
        (pictures.encoded(pictures.photo(400, 400), "JPEG")[:1500], "truncated"),
    ]:
        path.write_bytes(data)
        assert reason(read(source_of(path), 8)) == flaw
