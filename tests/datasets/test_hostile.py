"""Hundreds of files that mean harm: set aside or refused, quickly, in little memory."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets import making, zips
from tests.datasets.hostile import harmful, real_starters, starters
from tfcore.datasets.archives import Limits, UnpackingStopped, unpack
from tfcore.datasets.walking import walk
from tfcore.errors import UserError

FILES = 500

SCAN = """
import json, pathlib, re, sys, time
from tfcore.datasets.scanning import Scan

def peak():
    status = pathlib.Path("/proc/self/status")
    found = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0

before, longest = peak(), 0
scan = Scan(pathlib.Path(sys.argv[1]))
while not scan.finished:
    started = time.perf_counter()
    scan.step(1)
    longest = max(longest, time.perf_counter() - started)
listing = scan.listing()
print(json.dumps({
    "files": listing.report.files, "photos": listing.report.photos,
    "reasons": listing.report.quarantined, "megabytes": peak() - before, "longest": longest,
    "sentences": [record.sentence for record in listing.quarantined],
}))
"""


def outcome(root: Path) -> dict:
    """Scan in a process of its own, whose memory nothing else has touched."""
    done = subprocess.run(
        [sys.executable, "-c", SCAN, root], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def assert_harmless(told: dict, files: int) -> None:
    assert told["files"] == files
    assert told["longest"] < 5
    assert told["megabytes"] < 300
    assert all(said.startswith("got ") and "\n" not in said for said in told["sentences"])


def test_500_hostile_files(tmp_path):
    whole = starters()
    for number in range(FILES):
        making.folder(tmp_path, {f"{'ab'[number % 2]}/{number}.jpg": harmful(number, whole)})
    told = outcome(tmp_path)
    assert_harmless(told, FILES)
    assert {"truncated", "not-an-image", "too-large"} <= set(told["reasons"])
    assert 20 < told["photos"] < FILES - 200  # damage that leaves a picture whole is no harm


@pytest.mark.testbed
def test_damaged_real_photos(testbed, tmp_path):
    whole = real_starters(testbed)
    for number in range(120):
        making.folder(tmp_path, {f"a/{number}.jpg": harmful(number, whole)})
    assert_harmless(outcome(tmp_path), 120)


PETS = zips.packed({f"{label}/{n}.png": making.png(n) for n in range(3) for label in "ab"})


def assert_refused_or_unpacked(archive: bytes, folder: Path) -> None:
    started = time.perf_counter()
    place = folder / "set"
    try:
        unpacked = unpack(archive, place, limits=Limits(max_total=1 << 24))
        assert unpacked.folder == place
        assert sum(path.is_file() for path in place.rglob("*")) == unpacked.files + 1
        if unpacked.files:
            making.scanned(place)
    except UserError as error:
        assert "\n" not in str(error)
    assert time.perf_counter() - started < 5
    assert {path.name for path in folder.iterdir()} <= {"set", ".set.lock"}


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4))),
    st.booleans(),
)
def test_damaged_zips(tmp_path_factory, changes, in_the_list):
    archive = bytearray(PETS)
    start = archive.index(b"PK\x01\x02") if in_the_list else 0
    for place, new in changes:
        at = start + int(place * (len(archive) - start))
        archive[at : at + len(new)] = new
    assert_refused_or_unpacked(bytes(archive), tmp_path_factory.mktemp("zip"))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.binary(max_size=30) | st.text(max_size=12).map(str.encode), st.binary()),
        max_size=6,
    ),
    st.sampled_from([0, 8, zips.FLAG_UTF8, 0x20, 0xFFFF & ~1]),
    st.none() | st.integers(0, 2**32 - 1),
)
def test_zips_of_any_names(tmp_path_factory, members, flags, claimed):
    archive = zips.raw(members, flags=flags, claimed=claimed)
    assert_refused_or_unpacked(archive, tmp_path_factory.mktemp("zip"))


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=60))
def test_no_zips_at_all(tmp_path_factory, start, end):
    folder = tmp_path_factory.mktemp("zip")
    assert_refused_or_unpacked(start + b"PK\x05\x06" + end, folder)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 5))
def test_a_stop_at_any_moment_leaves_nothing(tmp_path_factory, moment):
    folder = tmp_path_factory.mktemp("zip")
    asked = iter(range(10))
    with pytest.raises(UnpackingStopped):
        unpack(PETS, folder / "set", should_stop=lambda: next(asked) == moment)
    assert [path.name for path in folder.iterdir()] == [".set.lock"]
    with pytest.raises(UserError):
        list(walk(folder / "set"))
