"""A tar.gz is unpacked under names of ours; nothing in it can do harm, whatever it says."""

import re
import subprocess
import sys
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets import making, tarballs
from tests.datasets.tarballs import entry, header, pax, zipped
from tfcore.datasets import originals
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.tars import unpack_tar
from tfcore.datasets.unpacking import Limits, UnpackingStopped
from tfcore.errors import UserError

PETS = {
    "images/Abyssinian_1.jpg": making.png(1),
    "images/american_bulldog_2.jpg": making.png(2),
    "images/Abyssinian_100.mat": b"MATLAB",
    "images/._Abyssinian_1.jpg": b"litter",
    "readme.txt": b"text",
}
PHOTO = entry(b"images/Abyssinian_1.jpg", making.png(1))
MEGABYTE = 1 << 20


@pytest.fixture
def unpack(tmp_path):
    """Unpack bytes into a new folder, which is not there after a refusal."""
    archive, folder = tmp_path / "pets.tar.gz", tmp_path / "set"

    def do(content, **options):
        archive.write_bytes(content)
        return unpack_tar(archive, folder, **options)

    yield do
    left = {place.name for place in tmp_path.iterdir()} - {"pets.tar.gz", "set"}
    assert left <= {".set.lock"}, "nothing half unpacked stays, and nothing lies elsewhere"


def told(unpacked):
    return {one.shown: str(one.reason) for one in unpacked.left_out}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_every_usual_form_is_read_with_its_long_names(unpack, form):
    long = f"images/{'x' * 70}/{'y' * 70}_3.jpg"
    unpacked = unpack(tarballs.packed({**PETS, long: making.png(3)}, form), inside="images")
    assert set(originals.read(unpacked.folder).values()) == {
        "Abyssinian_1.jpg", "american_bulldog_2.jpg", "Abyssinian_100.mat",
        long.removeprefix("images/"),
    }  # fmt: skip
    assert told(unpacked) == {"readme.txt": "no-class"}
    found = making.scanned(unpacked.folder, Labelling.BREEDS)
    assert found.report.classes == {"Abyssinian": 1, "american_bulldog": 1}
    assert [photo.digest for photo in found.photos] == [
        photo.digest for photo in making.scanned(unpacked.folder, Labelling.CAT_OR_DOG).photos
    ]


def test_a_name_in_any_script_stays_what_it_is(unpack):
    unpacked = unpack(tarballs.packed({"猫/ü_1.jpg": making.png(1), "b/\udcff.png": making.png(2)}))
    assert set(originals.read(unpacked.folder).values()) == {"猫/ü_1.jpg", "b/\\xff.png"}


@pytest.mark.parametrize(
    ("hostile", "reason"),
    [
        (entry(b"../../evil.jpg", b"x"), "link-outside"),
        (entry(b"/etc/evil.jpg", b"x"), "link-outside"),
        (entry(b"images\\..\\..\\evil.jpg", b"x"), "link-outside"),
        (entry(b"C:/evil.jpg", b"x"), "link-outside"),
        (pax(path="../evil.jpg") + entry(b"images/good.jpg", b"x"), "link-outside"),
        (entry(b"n", b"../evil.jpg\0", b"L") + entry(b"a/b.jpg", b"x"), "link-outside"),
        (entry(b"images/link", b"", b"2"), "link-outside"),
        (entry(b"images/hard", b"", b"1", size=700), "link-outside"),
        (entry(b"images/device", b"", b"3"), "link-outside"),
        (entry(b"images/block", b"", b"4"), "link-outside"),
        (entry(b"images/pipe", b"", b"6"), "link-outside"),
        (entry(b"images/what", b"x" * 600, b"Z"), "unreadable"),
    ],
)
def test_links_devices_and_names_that_lead_out_are_left_out(unpack, hostile, reason):
    unpacked = unpack(zipped([hostile, PHOTO]))
    assert list(told(unpacked).values()) == [reason]
    assert list(originals.read(unpacked.folder).values()) == ["images/Abyssinian_1.jpg"]
    assert all(not place.is_symlink() for place in unpacked.folder.rglob("*"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "breaks off"),
        (b"no gzip at all", "no gzip"),
        (zipped([PHOTO])[:-300], "breaks off"),
        (zipped([PHOTO], end=b""), "breaks off"),
        (zipped([b"\x01" * 512]), "makes no sense"),
        (zipped([header(b"a/b", b"-7\0")]), "a number makes no sense"),
        (zipped([header(b"a/b", b"0o17\0")]), "a number makes no sense"),
        (zipped([entry(b"a/b.jpg", b"", b"S")]), "with holes"),
        (zipped([pax(GNU__sparse__major="1"), PHOTO]), "rare kind"),
        (zipped([pax(size="8"), PHOTO]), "rare kind"),
        (zipped([entry(b"x", b"99 path=a\n", b"x"), PHOTO]), "makes no sense"),
        (zipped([entry(b"x", b"0 path=a\n", b"x"), PHOTO]), "makes no sense"),
        (zipped([entry(b"x", b"no length", b"x"), PHOTO]), "makes no sense"),
        (zipped([entry(b"x", b"unspaced", b"x"), PHOTO]), "makes no sense"),
        (zipped([header(b"x", 1 << 30, b"x")]), "endless header"),
        (zipped([header(b"x", 1 << 30, b"L")]), "endless header"),
        (zipped([pax(path="a/" + "b" * 5000), PHOTO]), "endless name"),
        (zipped([entry(b"../evil.jpg", b"x")]), "without a file to use"),
        (zipped([]), "without a file to use"),
    ],
)
def test_what_is_no_tar_of_photos_is_refused_in_a_sentence(unpack, tmp_path, content, words):
    with pytest.raises(UserError, match=words) as refusal:
        unpack(content)
    assert str(refusal.value).startswith("got ")
    assert not (tmp_path / "set").exists()


def test_a_bomb_is_stopped_by_what_really_comes_out(unpack):
    bomb = zipped([header(b"a/bomb.jpg", 1 << 30), bytes(40 * MEGABYTE)])
    assert len(bomb) < MEGABYTE
    with pytest.raises(UserError, match=r"unpacks to more than 1\d MB"):
        unpack(bomb)
    # What is only stepped over counts too.
    with pytest.raises(UserError, match=r"unpacks to more than 1\d MB"):
        unpack(zipped([header(b"a/what", 1 << 30, b"Z"), bytes(40 * MEGABYTE)]))
    endless = header(b"a/bomb.jpg", b"\x80" + b"\xff" * 11)
    with pytest.raises(UserError, match=r"unpacks to more than 1\d MB"):
        unpack(zipped([endless, bytes(40 * MEGABYTE)]))


def test_one_file_that_is_too_large_is_left_out_and_the_rest_kept(unpack):
    large = entry(b"images/large.jpg", bytes(3 * MEGABYTE))
    unpacked = unpack(zipped([large, PHOTO]), limits=Limits(max_bytes=MEGABYTE))
    assert told(unpacked) == {"images/large.jpg": "too-large"}
    assert unpacked.files == 1


@pytest.mark.parametrize(
    "tiny",
    [
        entry(b"a/1.jpg"),
        entry(b"a/link", b"", b"2"),
        entry(b"a/folder/", b"", b"5"),
        pax(path="a/b.jpg"),
        entry(b"x", b"n", b"g"),
    ],
)
def test_very_many_tiny_entries_are_refused(unpack, tiny):
    with pytest.raises(UserError, match=r"more than 50 files"):
        unpack(zipped([tiny] * 200), limits=Limits(max_files=50))


def test_it_can_be_stopped_in_the_middle_of_a_file_and_leaves_nothing(unpack, tmp_path):
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 20

    with pytest.raises(UnpackingStopped):
        unpack(zipped([entry(b"a/1.jpg", bytes(9 * MEGABYTE)), PHOTO]), should_stop=stop)
    assert not (tmp_path / "set").exists()


MEMORY = """
import pathlib, re, sys
from tfcore.datasets.tars import unpack_tar
from tfcore.errors import UserError

def peak():
    status = pathlib.Path("/proc/self/status")
    return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024

before = peak()
try:
    unpack_tar(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
except UserError:
    pass
print(peak() - before)
"""


@pytest.mark.skipif(not re.match("linux", sys.platform), reason="reads /proc")
def test_headers_without_end_take_no_memory(tmp_path):
    """Hundreds of megabytes of extended headers, which Python's own reader would keep."""
    many = pax(path="a/" + "b" * 900, comment="c" * 12_000) + entry(b"x", b"n" * 9000, b"g") * 60
    (tmp_path / "bomb.tar.gz").write_bytes(zipped([many] * 400))
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(tmp_path / "bomb.tar.gz"), str(tmp_path / "set")],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert float(done.stdout) < 30


WHOLE = tarballs.packed(PETS)
PLAIN = b"".join([pax(path="images/Birman_1.jpg"), PHOTO, entry(b"n", b"a/l.jpg", b"L"), PHOTO])


@settings(max_examples=150, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 255)), max_size=12),
    end=st.integers(0, len(PLAIN)),
    mends=st.booleans(),
)
def test_whatever_a_tar_says_it_is_unpacked_or_refused(tmp_path_factory, changes, end, mends):
    data = bytearray(PLAIN[:end])
    for at, value in changes:
        if at < len(data):
            data[at] = value
    if mends:  # a wrong sum would end most of them at once
        for at in range(0, len(data) - 511, 512):
            block = data[at : at + 148] + b" " * 8 + data[at + 156 : at + 512]
            if data[at + 257 : at + 262] == b"ustar":
                data[at + 148 : at + 156] = f"{sum(block):06o}\0 ".encode()
    place = tmp_path_factory.mktemp("tar")
    (place / "a.tar.gz").write_bytes(zipped([bytes(data)]))
    try:
        unpacked = unpack_tar(place / "a.tar.gz", place / "set")
    except UserError:
        assert not (place / "set").exists()
    else:
        assert unpacked.files == len(list(unpacked.folder.glob("*/*")))
    assert {one.name for one in place.iterdir()} <= {"a.tar.gz", "set", ".set.lock"}


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(WHOLE) - 1), value=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_gzip_is_unpacked_or_refused(tmp_path_factory, at, value, cut):
    data = bytearray(WHOLE)
    data[at] = value
    place = tmp_path_factory.mktemp("gz")
    (place / "a.tar.gz").write_bytes(data[:at] if cut else data)
    try:
        unpack_tar(place / "a.tar.gz", place / "set")
    except UserError as error:
        assert str(error).startswith("got ")
