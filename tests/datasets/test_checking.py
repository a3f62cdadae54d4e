"""One file looked at: what is used, what is set aside, and the word for why."""

import hashlib
import os
import socket
from pathlib import Path

import pytest

from tests import pictures
from tests.datasets import making
from tfcore.datasets.checking import check
from tfcore.datasets.records import Photo, Quarantined, Reason
from tfcore.datasets.walking import Found

USED = {
    "bad_marker_middle.jpg": "",  # decoders read past it to the end, as browsers do
    "bmp_named.jpg": "is a BMP named .jpg",
    "cmyk.jpg": "",
    "exif_rotated_90.jpg": "",
    "gif_named.jpg": "is a GIF named .jpg",
    "gray.jpg": "",
    "no_jfif_header_bytes.jpg": "",
    "palette.png": "",
    "png_named.jpg": "is a PNG named .jpg",
    "rgba.png": "",
    "trailing_garbage.jpg": "",
    "webp_named.jpg": "is a WebP named .jpg",
    "Abyssinian_34.jpg": "is a GIF named .jpg",
    "Abyssinian_5.jpg": "is a PNG named .jpg",
}
SET_ASIDE = {
    "Thumbs.db": Reason.NOT_AN_IMAGE,
    "html_saved_as.jpg": Reason.NOT_AN_IMAGE,
    "one_pixel.png": Reason.TOO_SMALL,
    "truncated_half.jpg": Reason.TRUNCATED,
    "truncated_header.jpg": Reason.TRUNCATED,
    "zero_bytes_like_666.jpg": Reason.EMPTY,
}


@pytest.mark.testbed
def test_every_corrupt_file_of_the_testbed(testbed):
    root, told = testbed / "corrupt", {}
    for place in sorted(root.glob("*/*")):
        file = str(place.relative_to(root))
        record = check(root, Found(file, "cat"))
        told[place.name] = record.note if isinstance(record, Photo) else record.reason
    assert told == {**USED, **SET_ASIDE}
    assert len(told) == 20


@pytest.mark.testbed
def test_a_turned_photo_stands_upright(testbed):
    record = check(testbed / "corrupt", Found("made/exif_rotated_90.jpg", "cat"))
    assert isinstance(record, Photo)
    assert (record.width, record.height) == (374, 500)


def looked_at(root: Path, name: str = "1.png", **limits: int) -> Photo | Quarantined:
    return check(root, Found(f"cat/{name}", "cat"), **limits)


def test_what_is_told_of_a_photo(tmp_path):
    data = making.png(0)
    making.folder(tmp_path, {"cat/1.png": data})
    record = looked_at(tmp_path)
    assert isinstance(record, Photo)
    assert (record.file, record.label, record.name) == ("cat/1.png", "cat", "")
    assert record.digest == hashlib.sha256(data).hexdigest()
    assert (record.width, record.height, record.kind, record.note) == (56, 40, "PNG", "")
    assert record.near is not None


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("1.PNG", ""),
        ("1.jpg", "is a PNG named .jpg"),
        ("1.tar.gz", "is a PNG named .gz"),
        ("1", "is a PNG named without an ending"),
    ],
)
def test_a_name_that_lies_is_noted(tmp_path, name, note):
    making.folder(tmp_path, {f"cat/{name}": making.png(0)})
    assert looked_at(tmp_path, name).note == note


def test_the_name_in_the_archive_is_the_one_that_lies(tmp_path):
    making.folder(tmp_path, {"0000/1.png": making.png(0)})
    record = check(tmp_path, Found("0000/1.png", "cat", "cat/Tom.bmp"))
    assert (record.note, record.shown) == ("is a PNG named .bmp", "cat/Tom.bmp")


def assert_set_aside(record: Photo | Quarantined, reason: Reason) -> None:
    assert isinstance(record, Quarantined), record
    assert record.reason is reason
    assert record.sentence.startswith("got ")
    assert "\n" not in record.sentence


def pipe(place: Path) -> None:
    os.mkfifo(place)


def listener(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)  # the name of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(place.name)
    finally:
        os.chdir(here)


SPECIAL = {"pipe": pipe, "folder": Path.mkdir, "socket": listener, "missing": lambda place: None}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("kind", SPECIAL)
def test_what_is_no_plain_file_is_never_waited_for(tmp_path, kind):
    making.folder(tmp_path, {"cat/other.png": b""})
    SPECIAL[kind](tmp_path / "cat" / "1.png")
    assert_set_aside(looked_at(tmp_path), Reason.UNREADABLE)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/tty", "/dev/stdin"])
def test_a_link_to_a_device_leads_outside(tmp_path, device):
    making.folder(tmp_path, {"cat/other.png": b""})
    (tmp_path / "cat" / "1.png").symlink_to(device)
    reason = looked_at(tmp_path)
    assert isinstance(reason, Quarantined)
    assert reason.reason in (Reason.LINK_OUTSIDE, Reason.UNREADABLE)


def test_a_link_that_was_changed_since_the_listing_is_not_followed(tmp_path):
    root = making.folder(tmp_path / "set", {"cat/other.png": b""})
    making.folder(tmp_path, {"secret.png": making.png(0)})
    (root / "cat" / "1.png").symlink_to(tmp_path / "secret.png")
    assert_set_aside(looked_at(root), Reason.LINK_OUTSIDE)


def test_a_huge_file_is_not_read(tmp_path):
    making.folder(tmp_path, {"cat/1.png": b""})
    with (tmp_path / "cat" / "1.png").open("wb") as file:
        file.truncate(1 << 36)
    assert_set_aside(looked_at(tmp_path), Reason.TOO_LARGE)


def test_limits_are_the_callers(tmp_path):
    data = making.png(0)
    making.folder(tmp_path, {"cat/1.png": data})
    assert_set_aside(looked_at(tmp_path, max_bytes=len(data) - 1), Reason.TOO_LARGE)
    assert_set_aside(looked_at(tmp_path, max_pixels=40 * 56 - 1), Reason.TOO_LARGE)
    assert isinstance(looked_at(tmp_path, max_bytes=len(data), max_pixels=40 * 56), Photo)


MADE = {
    "empty": (b"", Reason.EMPTY),
    "page": (b"<html></html>", Reason.NOT_AN_IMAGE),
    "half": (making.png(0)[:400], Reason.TRUNCATED),
    "dot": (pictures.encoded(pictures.photo(1, 1), "PNG"), Reason.TOO_SMALL),
    "bomb": (pictures.bombs()["png"], Reason.TOO_LARGE),
}


@pytest.mark.parametrize("name", MADE)
def test_reasons(tmp_path, name):
    data, reason = MADE[name]
    making.folder(tmp_path, {"cat/1.png": data})
    assert_set_aside(looked_at(tmp_path), reason)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    making.folder(tmp_path, {"cat/1.png": making.png(0)})

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    record = looked_at(tmp_path)
    assert_set_aside(record, Reason.UNREADABLE)
    assert "Permission denied" in record.sentence
