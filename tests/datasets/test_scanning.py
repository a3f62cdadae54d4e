"""A data set looked through in steps: stopped, gone on with, and always with the same result."""

import json
import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import pictures
from tests.datasets import making
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.scanning import Scan
from tfcore.errors import UserError

FILES = {
    **{f"cat/{number}.png": making.png(number) for number in range(6)},
    **{f"dog/{number}.png": making.png(number) for number in range(10, 14)},
    "cat/copy.png": making.png(1),
    "dog/cat.png": making.png(2),
    "cat/empty.png": b"",
    "cat/Thumbs.db": b"x",
    "dog/alike.jpg": pictures.encoded(making.drawing(3), "JPEG", quality=90),
    "dog/cut.png": making.png(0)[:300],
    "bird/none.txt": b"no bird",
    "dog/black.bmp": pictures.encoded(making.drawing(0) * 0, "BMP"),
    "cat/black.png": pictures.encoded(making.drawing(0) * 0, "PNG"),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return making.folder(tmp_path_factory.mktemp("set"), FILES)


@pytest.fixture(scope="module")
def whole(root):
    return making.scanned(root)


def test_what_is_found(whole):
    told = whole.report
    assert told.files == len(FILES) == told.photos + len(whole.quarantined)
    assert told.classes == {"bird": 0, "cat": 7, "dog": 6}
    assert {record.file: record.reason.value for record in whole.quarantined} == {
        "bird/none.txt": "not-an-image",
        "cat/Thumbs.db": "not-an-image",
        "cat/copy.png": "duplicate",
        "cat/empty.png": "empty",
        "dog/cat.png": "duplicate",
        "dog/cut.png": "truncated",
    }
    assert told.near == (("cat/3.png", "dog/alike.jpg"),)
    assert [(one.kept, one.other) for one in told.contradictions] == [("cat/2.png", "dog/cat.png")]
    assert len(told.warnings) == 3


@pytest.mark.parametrize("threads", [1, 4])
def test_the_number_of_threads_changes_nothing(root, whole, threads):
    assert making.scanned(root, threads=threads) == whole


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 9), max_size=6))
def test_a_stopped_scan_goes_on_to_the_same_end(root, whole, stops):
    scan = Scan(root)
    for files in stops:
        before = scan.progress
        after = scan.step(files)
        assert after.done == min(before.done + files, after.total)
        assert (after.total, after.seconds > 0) == (len(FILES), True)
        scan = Scan(root, state=json.loads(json.dumps(scan.state())))
        assert scan.progress.done == after.done
        assert scan.progress.seconds == pytest.approx(after.seconds, abs=0.001)
    while not scan.finished:
        scan.step()
    assert scan.listing() == whole


def test_what_was_looked_at_is_not_looked_at_again(tmp_path):
    root = making.folder(tmp_path, {name: FILES[name] for name in ("cat/0.png", "cat/1.png")})
    scan = Scan(root)
    scan.step(1)
    (root / "cat" / "0.png").write_bytes(b"")
    scan = Scan(root, state=scan.state())
    while not scan.finished:
        scan.step()
    assert len(scan.listing().photos) == 2


def test_files_that_came_or_went_meanwhile(tmp_path):
    root = making.folder(tmp_path, {"cat/a.png": making.png(1), "cat/b.png": making.png(1)})
    scan = Scan(root)
    scan.step(2)
    making.folder(root, {"cat/0.png": making.png(5)})
    (root / "cat" / "a.png").unlink()
    scan = Scan(root, state=scan.state())
    assert (scan.progress.done, scan.progress.total) == (1, 2)
    scan.step()
    assert scan.listing() == making.scanned(root)
    assert [photo.file for photo in scan.listing().photos] == ["cat/0.png", "cat/b.png"]


def test_a_file_that_vanishes_during_the_scan_is_set_aside(tmp_path):
    root = making.folder(tmp_path, {"cat/a.png": making.png(1), "cat/b.png": making.png(2)})
    scan = Scan(root)
    (root / "cat" / "b.png").unlink()
    scan.step()
    assert [record.reason for record in scan.listing().quarantined] == ["unreadable"]


def test_the_state_tells_nothing_of_the_place(root):
    scan = Scan(root)
    scan.step()
    assert root.name not in json.dumps(scan.state())


def test_names_that_are_no_text_are_used_like_others(tmp_path):
    raw = os.fsencode(tmp_path) + b"/caf\xe9"
    shutil.copytree(
        making.folder(tmp_path / "cat", {"\udcff.png": making.png(0)}), os.fsdecode(raw)
    )
    (tmp_path / "cat" / "\udcff.png").write_bytes(making.png(1))
    scan = Scan(tmp_path)
    scan.step(1)
    scan = Scan(tmp_path, state=json.loads(json.dumps(scan.state(), ensure_ascii=False).encode()))
    scan.step()
    listing = scan.listing()
    assert [photo.file for photo in listing.photos] == ["caf\\xe9/\\xff.png", "cat/\\xff.png"]
    listing.save(tmp_path / "list.jsonl")


STATES = {
    "nothing": {},
    "no rows": {"records": None},
    "another rule": {"labelling": "breeds"},
    "another limit": {"max_bytes": 5},
    "another version": {"version": 0},
    "no time": {"milliseconds": "long"},
    "a bad row": {"records": [{"file": "x"}]},
}


@pytest.mark.parametrize("name", STATES)
def test_the_state_of_another_scan_is_refused(root, name):
    state = Scan(root).state() | STATES[name] if STATES[name] else {}
    with pytest.raises(UserError, match="scan"):
        Scan(root, state=state)


def test_wrong_numbers_are_refused(root):
    with pytest.raises(UserError, match="at least 1"):
        Scan(root, threads=0)
    with pytest.raises(UserError, match="at least 1"):
        Scan(root).step(0)
    with pytest.raises(UserError, match=f"file 1 of {len(FILES)}"):
        Scan(root).listing()


@pytest.mark.testbed
@pytest.mark.parametrize(
    ("labelling", "classes"),
    [(Labelling.BREEDS, {"Abyssinian": 45, "pug": 5}), (Labelling.CAT_OR_DOG, {"cat": 140})],
)
def test_the_real_set_in_oxfords_layout(testbed, tmp_path, labelling, classes):
    for place in (testbed / "pets").glob("*/*.jpg"):
        making.folder(tmp_path, {f"images/{place.name}": b""})
        (tmp_path / "images" / place.name).write_bytes(place.read_bytes())
    told = making.scanned(tmp_path, labelling).report
    assert {label: told.classes[label] for label in classes} == classes


@pytest.mark.testbed
def test_cats_and_dogs_are_fine(testbed):
    told = making.scanned(testbed / "cats_dogs").report
    assert told.classes == {"cat": 200, "dog": 200}
    assert (told.quarantined, told.warnings) == ({}, ())
