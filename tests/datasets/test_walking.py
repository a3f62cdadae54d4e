"""Which files of a folder are looked at: order, litter, links, names, and clear refusals."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets import making
from tfcore.datasets import originals
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.records import Quarantined, Reason
from tfcore.datasets.walking import Found, walk
from tfcore.errors import UserError


def listed(root, **options):
    """Label, or reason, of each file."""
    return {
        entry.file: entry.label if isinstance(entry, Found) else entry.reason.value
        for entry in walk(root, **options)
    }


def test_files_belong_to_the_class_folder_they_lie_in(tmp_path):
    making.folder(tmp_path, {"dog/b.jpg": b"", "cat/2/x.jpg": b"", "cat/1.jpg": b"", "猫/z": b""})
    assert list(listed(tmp_path).items()) == [
        ("cat/1.jpg", "cat"),
        ("cat/2/x.jpg", "cat"),
        ("dog/b.jpg", "dog"),
        ("猫/z", "猫"),
    ]


def test_the_order_is_that_of_the_bytes(tmp_path):
    names = ["Z", "a", "B", "é", "e", "10", "9"]
    making.folder(tmp_path, {f"cat/{name}": b"" for name in names})
    found = [entry.file.partition("/")[2] for entry in walk(tmp_path)]
    assert found == sorted(names, key=str.encode) == ["10", "9", "B", "Z", "a", "e", "é"]


def test_litter_is_set_aside_and_hidden_folders_are_not_entered(tmp_path):
    litter = ["Thumbs.db", ".DS_Store", "desktop.ini", "._1.jpg", "__MACOSX/1.jpg", ".git/1.jpg"]
    making.folder(tmp_path, {"cat/1.jpg": b"", **{f"cat/{name}": b"" for name in litter}})
    making.folder(tmp_path, {".hidden/1.jpg": b"", "__MACOSX/cat/1.jpg": b""})
    found = listed(tmp_path)
    assert found.pop("cat/1.jpg") == "cat"
    assert set(found.values()) == {"not-an-image"}
    assert set(found) == {
        *(f"cat/{name.partition('/')[0]}" for name in litter),
        ".hidden",
        "__MACOSX",
    }


def test_files_of_no_class_are_told_apart(tmp_path):
    making.folder(tmp_path, {"cat/1.jpg": b"", "2.jpg": b"", "README.txt": b""})
    assert listed(tmp_path) == {"2.jpg": "no-class", "README.txt": "no-class", "cat/1.jpg": "cat"}


LINKS = {
    "outside file": ("../../outside/secret.jpg", "link-outside"),
    "outside folder": ("../../outside", "link-outside"),
    "absolute": ("/", "link-outside"),
    "above": ("..", "link-outside"),
    "itself": ("itself", "link-outside"),
    "here": (".", "link-outside"),
    "gone": ("nowhere.jpg", "unreadable"),
    "other folder": ("../dog", "duplicate"),
    "inside file": ("../dog/1.jpg", "cat"),
}


@pytest.mark.parametrize("name", LINKS)
def test_links(tmp_path, name):
    target, expected = LINKS[name]
    root = making.folder(tmp_path / "set", {"cat/1.jpg": b"", "dog/1.jpg": b""})
    making.folder(tmp_path / "outside", {"secret.jpg": b"secret"})
    (root / "cat" / name).symlink_to(target)
    assert listed(root) == {"cat/1.jpg": "cat", f"cat/{name}": expected, "dog/1.jpg": "dog"}


def test_a_sibling_whose_name_begins_alike_is_outside(tmp_path):
    root = making.folder(tmp_path / "set", {"cat/1.jpg": b""})
    making.folder(tmp_path / "set2", {"x.jpg": b""})
    (root / "cat" / "2.jpg").symlink_to(tmp_path / "set2" / "x.jpg")
    assert listed(root)["cat/2.jpg"] == "link-outside"


def test_links_between_folders_never_multiply(tmp_path):
    root = making.folder(tmp_path, {f"{name}/1.jpg": b"" for name in "abcdefgh"})
    for one in "abcdefgh":
        for other in "abcdefgh":
            (root / one / f"to-{other}").symlink_to(f"../{other}")
    assert len(listed(root)) == 8 + 64


def test_the_root_itself_may_be_a_link(tmp_path):
    making.folder(tmp_path / "real", {"cat/1.jpg": b""})
    (tmp_path / "link").symlink_to("real")
    assert listed(tmp_path / "link") == {"cat/1.jpg": "cat"}


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.binary(min_size=1, max_size=20).filter(
            lambda raw: not set(raw) & {0, 0x2F} and raw not in (b".", b"..")
        ),
        min_size=1,
        max_size=8,
        unique=True,
    )
)
def test_any_names_are_listed_once(tmp_path_factory, raws):
    root = tmp_path_factory.mktemp("set")
    for raw in raws:
        making.folder(root, {os.fsdecode(b"k" + raw + b"/" + raw): b""})
    making.folder(root, {"cat/1.jpg": b""})
    entries = list(walk(root))
    assert len({entry.file for entry in entries}) == len(entries) == len(raws) + 1
    for entry in entries:
        entry.file.encode()
        assert isinstance(entry, Found) or entry.reason is Reason.NOT_AN_IMAGE


def test_the_oxford_layout(tmp_path):
    making.folder(
        tmp_path,
        {
            "images/Abyssinian_1.jpg": b"",
            "images/pug_2.jpg": b"",
            "images/readme": b"",
            "annotations/trimaps/Abyssinian_1.png": b"",
        },
    )
    assert listed(tmp_path, labelling=Labelling.BREEDS) == {
        "annotations": "no-class",
        "images/Abyssinian_1.jpg": "Abyssinian",
        "images/pug_2.jpg": "pug",
        "images/readme": "no-class",
    }
    assert listed(tmp_path, labelling=Labelling.CAT_OR_DOG)["images/pug_2.jpg"] == "dog"


def test_the_names_of_an_archive_tell_the_class(tmp_path):
    making.folder(tmp_path, {"0000/1.jpg": b"", "0000/2.jpg": b""})
    originals.write(tmp_path, {"0000/1.jpg": "dog/Rex.jpg"})
    found, stranger = walk(tmp_path)
    assert found == Found("0000/1.jpg", "dog", "dog/Rex.jpg")
    assert isinstance(stranger, Quarantined)
    assert stranger.reason is Reason.NO_CLASS


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', "{", "\0"])
def test_damaged_names_of_an_archive_are_refused(tmp_path, content):
    making.folder(tmp_path, {"0000/1.jpg": b"", originals.FILE: content.encode()})
    with pytest.raises(UserError, match="unpack the archive again"):
        list(walk(tmp_path))


REFUSED = {
    "missing": ({}, "nowhere", "does not exist"),
    "a file": ({"file.jpg": b""}, "file.jpg", "is a file"),
    "a zero in it": ({}, "a\0b", "does not exist"),
    "only empty folders": ({"cat/deep/.DS_Store": b""}, "", "without a sub-folder with a picture"),
    "flat": ({"1.jpg": b"", "2.jpg": b""}, "", "a folder of its own"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_data_set_is_refused(tmp_path, name):
    files, place, words = REFUSED[name]
    making.folder(tmp_path, files)
    with pytest.raises(UserError, match=words) as refusal:
        list(walk(tmp_path / place))
    assert "\n" not in str(refusal.value)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="an empty folder"):
        list(walk(tmp_path))


def test_a_whole_disk_is_refused(tmp_path):
    making.folder(tmp_path, {f"cat/{number}.jpg": b"" for number in range(9)})
    assert len(list(walk(tmp_path, max_files=10))) == 9
    with pytest.raises(UserError, match="more than 9 files"):
        list(walk(tmp_path, max_files=9))


def forbid(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make a folder of this name unreadable, for an administrator too."""
    real = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_an_unreadable_folder_is_told(tmp_path, monkeypatch):
    root = making.folder(tmp_path / "set", {"cat/1.jpg": b"", "dog/1.jpg": b""})
    forbid(monkeypatch, "dog")
    assert listed(root) == {"cat/1.jpg": "cat", "dog": "unreadable"}
    forbid(monkeypatch, "set")
    with pytest.raises(UserError, match="Permission denied"):
        list(walk(root))


def test_very_deep_folders_are_listed(tmp_path):
    deep = tmp_path / "cat"
    for _ in range(200):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "1.jpg").touch()
    assert list(listed(tmp_path).values()) == ["cat"]
