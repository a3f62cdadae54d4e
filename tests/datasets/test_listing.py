"""A finished list comes back from its file as it was, or not at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasets import making
from tfcore.datasets import listing
from tfcore.datasets.copies import without_copies
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.listing import Listing
from tfcore.datasets.records import Photo, Quarantined, Reason, from_row, to_row
from tfcore.datasets.reporting import report
from tfcore.errors import UserError


def made(*records: Photo | Quarantined) -> Listing:
    found = without_copies(records)
    return Listing(Labelling.FOLDERS, found.photos, found.quarantined, report(found))


WHOLE = made(
    making.photo(1),
    making.photo(2, "dog", near=None, note="is a PNG named .jpg", name="hund/Wölfi.jpg"),
    making.photo(1, "dog", file="dog/1.jpg"),
    Quarantined("cat/caf\\xe9.jpg", Reason.EMPTY, "got an empty file"),
)


def test_what_was_saved_comes_back(tmp_path):
    place = tmp_path / "pets.jsonl"
    WHOLE.save(place)
    assert listing.load(place) == WHOLE
    assert tuple(listing.stream(place)) == WHOLE.photos
    assert [path.name for path in tmp_path.iterdir()] == ["pets.jsonl"]


def test_labels_are_the_classes_with_photos_in_order():
    assert made(making.photo(3, "b"), making.photo(4, "a")).labels == ("a", "b")


def test_the_digest_tells_photos_and_labels_and_nothing_else():
    one, two, three = making.photo(1), making.photo(2, "dog"), making.photo(3)
    digest = made(one, two).digest
    assert made(making.photo(2, "dog", file="x"), one).digest == digest
    assert made(one, making.photo(2)).digest != digest
    assert made(one, two, three).digest != digest


TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
PHOTOS = st.builds(
    Photo,
    file=TEXT,
    label=TEXT,
    digest=st.text("0123456789abcdef", min_size=64, max_size=64),
    width=st.integers(1, 2048),
    height=st.integers(1, 2048),
    kind=st.sampled_from(["JPEG", "PNG"]),
    near=st.none() | st.integers(0, 2**64 - 1),
    note=TEXT | st.just(""),
    name=TEXT | st.just(""),
)
ASIDE = st.builds(
    Quarantined, file=TEXT, reason=st.sampled_from(Reason), sentence=TEXT, name=TEXT | st.just("")
)


@given(PHOTOS | ASIDE)
def test_records_come_back_from_json(record):
    assert from_row(json.loads(json.dumps(to_row(record)))) == record


GOOD = to_row(making.photo(1))
BAD = [
    None,
    [],
    "text",
    {},
    GOOD | {"digest": "A" * 64},
    GOOD | {"digest": "a" * 64 + "\n"},
    GOOD | {"near": -1},
    GOOD | {"near": 1 << 64},
    GOOD | {"width": 0},
    GOOD | {"file": ""},
    GOOD | {"label": None},
    {"file": "x", "reason": "boredom", "sentence": "s"},
    {"file": "x", "reason": "empty"},
]


@pytest.mark.parametrize("row", BAD)
def test_a_row_of_nobody_is_refused(row):
    with pytest.raises(UserError, match="scan the data set again"):
        from_row(row)


DAMAGE = {
    "empty": lambda lines: [],
    "no head": lambda lines: lines[1:],
    "another version": lambda lines: [lines[0].replace('"version": 1', '"version": 2'), *lines[1:]],
    "a lost line": lambda lines: lines[:1] + lines[2:],
    "a doubled line": lambda lines: [*lines[:2], *lines[1:]],
    "cut in a line": lambda lines: [*lines[:2], lines[2][:20]],
    "no text": lambda lines: ["\udcff"],
    "a list": lambda lines: ["[]"],
}


@pytest.mark.parametrize("read", [listing.load, lambda place: list(listing.stream(place))])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused(tmp_path, damage, read):
    place = tmp_path / "pets.jsonl"
    WHOLE.save(place)
    lines = place.read_text(encoding="utf-8").splitlines()
    text = "\n".join(DAMAGE[damage](lines))
    place.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(UserError):
        read(place)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        listing.load(tmp_path / "gone.jsonl")


def test_a_failure_leaves_the_old_listing(tmp_path, monkeypatch):
    place = tmp_path / "pets.jsonl"
    WHOLE.save(place)

    def fail(record: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(listing, "to_row", fail)
    with pytest.raises(OSError, match="disk full"):
        made(making.photo(5)).save(place)
    assert listing.load(place) == WHOLE
    assert [path.name for path in tmp_path.iterdir()] == ["pets.jsonl"]
