"""Thumbnails for hovering: each in its own place, hostile and changed files gray, made once."""

import hashlib
import threading

import numpy as np

from pages.components import sheets, thumbs
from tests import pictures
from tests.datasets import making
from tfcore import images
from tfcore.datasets.records import Photo


def plain(shade):
    return pictures.encoded(np.full((40, 50, 3), shade, np.uint8), "PNG")


def listed(root, files):
    making.folder(root, files)
    return [(name, hashlib.sha256(data).hexdigest()) for name, data in files.items()]


def test_each_photo_stands_in_its_place_and_a_gone_one_is_gray(tmp_path):
    shades = [10 * (number + 1) for number in range(18)]
    photos = listed(tmp_path, {f"a/{shade}.png": plain(shade) for shade in shades})
    (tmp_path / photos[3][0]).write_bytes(plain(255))  # another photo under the same name
    (tmp_path / photos[5][0]).unlink()
    photos[7] = ("", "")
    sheet = images.decode(sheets.paint(str(tmp_path), photos))
    side = sheets.SIDE
    assert sheet.shape == (2 * side, sheets.COLUMNS * side, 3)
    for index, shade in enumerate(shades):
        top, left = side * (index // sheets.COLUMNS), side * (index % sheets.COLUMNS)
        middle = sheet[top + side // 2, left + side // 2]
        wanted = 128 if index in (3, 5, 7) else shade
        assert np.abs(middle.astype(int) - wanted).max() <= 3, index


def test_hostile_bytes_and_a_way_out_of_the_folder_give_no_thumbnail(tmp_path):
    root = tmp_path / "set"
    [(name, digest)] = listed(root, {"a/page.jpg": b"<html>"})
    assert thumbs.square(str(root), name, digest, 8) is None
    secret = plain(9)
    (tmp_path / "secret.png").write_bytes(secret)
    outside = hashlib.sha256(secret).hexdigest()
    assert thumbs.square(str(root), "../secret.png", outside, 8) is None
    assert thumbs.of(None, making.photo(1)) is None


def test_a_sheet_is_made_once_for_all_who_ask(monkeypatch):
    made, gate = [], threading.Event()

    def paint(root, photos):
        gate.wait(10)
        made.append(photos)
        return b"sheet"

    monkeypatch.setattr(sheets, "paint", paint)
    shop = sheets.Shop()
    photos: list[Photo | None] = [making.photo(1), None]
    first, second = (shop.order("set", 0, "root", photos) for _ in range(2))
    other = shop.order("another set", 0, "root", photos)
    gate.set()
    assert (first.result(10), second.result(10), other.result(10)) == (b"sheet",) * 3
    assert first is second
    assert made == [((photos[0].file, photos[0].digest), ("", ""))] * 2
