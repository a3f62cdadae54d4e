"""Zips of data sets: what comes out, and that nothing in one does harm."""

import io
import stat
import time
import zipfile
from pathlib import Path

import pytest

from tests.datasets import making, zips
from tfcore.datasets import originals
from tfcore.datasets.archives import Limits, Unpacked, UnpackingStopped, unpack
from tfcore.datasets.labelling import Labelling
from tfcore.errors import UserError

PETS = {f"{label}/{n}.png": making.png(n + 10 * (label == "dog")) for n in range(3)
        for label in ("cat", "dog")}  # fmt: skip


def names(unpacked: Unpacked) -> list[str]:
    """What the archive called the files that came out, after the folder was looked through."""
    on_disk = {
        str(place.relative_to(unpacked.folder))
        for place in unpacked.folder.rglob("*")
        if place.is_file() and place.name != originals.FILE
    }
    known = originals.read(unpacked.folder)
    assert set(known) == on_disk
    assert len(known) == unpacked.files
    return sorted(known.values())


def assert_nothing_left(folder: Path) -> None:
    left = [place.name for place in folder.iterdir() if not place.name.endswith(".lock")]
    assert left == []


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("top", ["", "pets/", "./", "pets\\"])
@pytest.mark.parametrize("on_disk", [False, True])
def test_a_data_set_is_the_same_as_its_folder(tmp_path, method, top, on_disk):
    archive = zips.packed({top + name: data for name, data in PETS.items()}, method)
    if on_disk:
        (tmp_path / "pets.zip").write_bytes(archive)
        archive = tmp_path / "pets.zip"
    unpacked = unpack(archive, tmp_path / "set")
    assert names(unpacked) == sorted(PETS)
    assert unpacked.left_out == ()
    listing = making.scanned(unpacked.folder)
    plain = making.scanned(making.folder(tmp_path / "plain", PETS))
    assert listing.digest == plain.digest
    assert [photo.name for photo in listing.photos] == [photo.file for photo in plain.photos]
    assert not any(photo.note for photo in listing.photos)


def test_names_on_disk_are_never_the_archives(tmp_path):
    nasty = {"CON/nul.png": b"1", "cat/a?b*.png": b"2", "cat/" + "long" * 60 + ".png": b"3",
             "cat /trailing. ": b"4", "猫/ネコ.png": b"5", "cat/x.exe": b"6"}  # fmt: skip
    unpacked = unpack(zips.packed(nasty), tmp_path / "set")
    assert names(unpacked) == sorted(nasty)
    for place in unpacked.folder.rglob("*.*"):
        if place.name != originals.FILE:
            assert place.stem.isdigit()
            assert place.suffix in (".png", ".bin")


def test_names_that_fall_together_elsewhere_stay_apart(tmp_path):
    archive = zips.raw([(b"cat/a.png", b"1"), (b"cat/A.png", b"2"), (b"cat/a.png", b"3")])
    unpacked = unpack(archive, tmp_path / "set")
    assert names(unpacked) == ["cat/A.png", "cat/a.png", "cat/a.png"]
    assert {place.read_bytes() for place in unpacked.folder.rglob("*.png")} == {b"1", b"2", b"3"}


NAMES = [
    ("猫/1.png".encode(), zips.FLAG_UTF8, "猫/1.png"),
    ("猫/1.png".encode(), 0, "猫/1.png"),  # as the desktop of macOS writes it
    ("é/1.png".encode("cp437"), 0, "é/1.png"),
    (b"two\nlines/1.png", 0, "two\\x0alines/1.png"),
    (b"cat\\1.png", 0, "cat/1.png"),
]


@pytest.mark.parametrize(("raw", "flags", "name"), NAMES)
def test_names_in_any_script(tmp_path, raw, flags, name):
    assert names(unpack(zips.raw([(raw, b"x")], flags=flags), tmp_path / "set")) == [name]


@pytest.mark.parametrize(
    "name",
    ["../x.png", "cat/../../x.png", "/etc/x.png", "C:/x.png", "C:\\x.png", "\\\\host\\x.png",
     "..\\x.png", "cat//x.png"],
)  # fmt: skip
def test_names_that_lead_out_are_left_out(tmp_path, name):
    unpacked = unpack(zips.packed({**PETS, name: b"evil"}), tmp_path / "set")
    assert names(unpacked) == sorted(PETS)
    assert [record.reason for record in unpacked.left_out] == ["link-outside"]
    assert {place.name for place in tmp_path.iterdir()} == {"set", ".set.lock"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_left_out(tmp_path, kind):
    archive = zips.with_mode("cat/link.png", b"/etc/passwd", kind | 0o777, PETS)
    unpacked = unpack(archive, tmp_path / "set")
    assert names(unpacked) == sorted(PETS)
    [record] = unpacked.left_out
    assert (record.file, record.reason) == ("cat/link.png", "link-outside")


def test_a_mode_of_unix_does_not_make_a_program(tmp_path):
    archive = zips.with_mode("cat/x.png", b"#!/bin/sh", stat.S_IFREG | 0o4777, PETS)
    unpacked = unpack(archive, tmp_path / "set")
    assert not any(place.stat().st_mode & 0o7111 for place in unpacked.folder.rglob("*.png"))


def test_litter_is_left_out_silently(tmp_path):
    litter = ["__MACOSX/cat/._1.png", "pets/.DS_Store", "pets/cat/Thumbs.db", ".git/x"]
    files = {f"pets/{name}": data for name, data in PETS.items()} | dict.fromkeys(litter, b"x")
    unpacked = unpack(zips.packed(files), tmp_path / "set")
    assert names(unpacked) == sorted(PETS)
    assert unpacked.left_out == ()


TOPS = [
    (["pets/cat/1", "pets/dog/1"], ["cat/1", "dog/1"]),
    (["pets/README", "pets/cat/1"], ["README", "cat/1"]),
    (["cat/1", "cat/2"], ["cat/1", "cat/2"]),
    (["cat/1", "dog/1"], ["cat/1", "dog/1"]),
    (["a/b/cat/1", "a/b/dog/1"], ["b/cat/1", "b/dog/1"]),
    (["1", "cat/1"], ["1", "cat/1"]),
]


@pytest.mark.parametrize(("given", "taken"), TOPS)
def test_one_enclosing_folder_is_taken_off(tmp_path, given, taken):
    assert names(unpack(zips.packed(dict.fromkeys(given, b"x")), tmp_path / "set")) == taken


def test_other_rules_work_on_the_names_of_the_archive(tmp_path):
    files = {"images/Abyssinian_1.png": making.png(1), "images/pug_1.png": making.png(2)}
    unpacked = unpack(zips.packed(files), tmp_path / "set")
    listing = making.scanned(unpacked.folder, Labelling.CAT_OR_DOG)
    assert listing.report.classes == {"cat": 1, "dog": 1}


def test_a_zip_in_a_zip_is_just_a_file(tmp_path):
    inner = zips.packed({"cat/1.png": making.png(0)})
    unpacked = unpack(zips.packed({**PETS, "cat/more.zip": inner}), tmp_path / "set")
    listing = making.scanned(unpacked.folder)
    assert [(record.name, record.reason) for record in listing.quarantined] == [
        ("cat/more.zip", "not-an-image")
    ]


def test_a_damaged_member_is_left_out(tmp_path):
    archive = bytearray(zips.packed(PETS, zipfile.ZIP_STORED))
    at = archive.index(PETS["cat/1.png"]) + 60
    archive[at] ^= 0xFF
    unpacked = unpack(bytes(archive), tmp_path / "set")
    assert names(unpacked) == sorted(set(PETS) - {"cat/1.png"})
    [record] = unpacked.left_out
    assert (record.file, record.reason) == ("cat/1.png", "truncated")


@pytest.mark.parametrize("claimed", [None, 10])
def test_a_file_that_is_too_large_is_left_out_whatever_it_claims(tmp_path, claimed):
    members = [(b"cat/1.png", b"small"), (b"cat/2.png", bytes(200_000))]
    archive = zips.raw(members, claimed=claimed)
    unpacked = unpack(archive, tmp_path / "set", limits=Limits(max_bytes=100_000))
    assert [record.file for record in unpacked.left_out][-1] == "cat/2.png"
    sizes = [place.stat().st_size for place in unpacked.folder.rglob("*.png")]
    assert max(sizes, default=0) < 10


REFUSED = {
    "no zip": (b"GIF89a", "no zip"),
    "nothing": (b"", "no zip"),
    "cut off": (zips.packed(PETS)[:-40], "no zip"),
    "empty": (zips.packed({}), "an empty zip"),
    "only folders": (zips.packed({"cat/": b""}), "an empty zip"),
    "only litter": (zips.packed({"cat/.DS_Store": b"x"}), "an empty zip"),
    "only links": (zips.with_mode("cat/1.png", b"/", stat.S_IFLNK, {}), "without a file to use"),
    "locked": (zips.raw([(b"cat/1.png", b"x")], flags=1), "locked by a password"),
    "lying over one another": (zips.overlapping(50, 10_000_000), "lie over one another"),
    "a bomb": (zips.raw([(b"cat/1.bmp", bytes(19_000_000))] * 12), "unpacks to more than"),
    "bzip2": (zips.packed(PETS, zipfile.ZIP_BZIP2), "packed in a rare way"),
    "LZMA": (zips.packed(PETS, zipfile.ZIP_LZMA), "packed in a rare way"),
    "endless": (zips.endless(60_000), "more than 50000 files"),
    "too many": (zips.raw([(f"cat/{n}".encode(), b"") for n in range(50_001)]), "more than 50000"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_nothing(tmp_path, name):
    archive, words = REFUSED[name]
    assert len(archive) < 6_000_000
    started = time.perf_counter()
    with pytest.raises(UserError, match=words) as refusal:
        unpack(archive, tmp_path / "set")
    assert time.perf_counter() - started < 5
    assert "\n" not in str(refusal.value)
    assert_nothing_left(tmp_path)


def test_the_bomb_is_refused_when_its_limit_is_reached(tmp_path, monkeypatch):
    written = 0

    class Counting(io.FileIO):
        def write(self, data: bytes) -> int:
            nonlocal written
            written += len(data)
            return super().write(data)

    def open_counting(place: Path, mode: str) -> Counting:
        return Counting(place, mode)

    monkeypatch.setattr(Path, "open", open_counting)
    with pytest.raises(UserError, match="more than 3 MB"):
        unpack(REFUSED["a bomb"][0], tmp_path / "set", limits=Limits(max_total=3 << 20))
    assert 2 << 20 < written <= 3 << 20


def test_limits_of_files_are_the_callers(tmp_path):
    with pytest.raises(UserError, match="more than 5 files"):
        unpack(zips.packed(PETS), tmp_path / "set", limits=Limits(max_files=5))
    assert unpack(zips.packed(PETS), tmp_path / "set", limits=Limits(max_files=6)).files == 6


def test_it_can_be_stopped_and_leaves_nothing(tmp_path):
    told = []
    with pytest.raises(UnpackingStopped):
        unpack(
            zips.packed(PETS),
            tmp_path / "set",
            progress=lambda done, total: told.append((done, total)),
            should_stop=lambda: len(told) == 2,
        )
    assert told == [(1, 6), (2, 6)]
    assert_nothing_left(tmp_path)


def test_a_full_disk_is_no_fault_of_the_archive(tmp_path, monkeypatch):
    def full(self: Path, mode: str) -> object:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space left"):
        unpack(zips.packed(PETS), tmp_path / "set")
    assert_nothing_left(tmp_path)


def test_a_folder_that_exists_is_not_touched(tmp_path):
    making.folder(tmp_path / "set", {"mine": b"mine"})
    with pytest.raises(UserError, match="exists"):
        unpack(zips.packed(PETS), tmp_path / "set")
    assert [place.name for place in (tmp_path / "set").iterdir()] == ["mine"]


@pytest.mark.parametrize("place", ["gone.zip", "", "a\0b"])
def test_a_missing_archive_is_told(tmp_path, place):
    with pytest.raises(UserError, match="check the path"):
        unpack(tmp_path / place, tmp_path / "set")


def test_where_the_folder_of_the_photos_is_known_nothing_beside_it_is_taken(tmp_path):
    files = {"photos/Pug_1.png": making.png(1), "photos2/Pug_2.png": making.png(2)}
    unpacked = unpack(zips.packed(files), tmp_path / "set", inside="photos")
    assert set(originals.read(unpacked.folder).values()) == {"Pug_1.png"}
    assert [(one.shown, str(one.reason)) for one in unpacked.left_out] == [
        ("photos2/Pug_2.png", "no-class")
    ]
