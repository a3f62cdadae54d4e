"""Copies, contradictions, and what a report warns of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasets import making
from tfcore.datasets.copies import Contradiction, Sorted, without_copies
from tfcore.datasets.records import Photo, Quarantined, Reason
from tfcore.datasets.reporting import MOST_PAIRS, report

photo = making.photo
CATS = [photo(number) for number in range(1, 6)]
DOGS = [photo(number, "dog") for number in range(11, 16)]


def warned(*photos: Photo, labels: tuple[str, ...] = ()) -> str:
    return "; ".join(report(without_copies(photos), labels).warnings)


def test_the_first_of_copies_is_kept():
    copy = photo(1, file="cat/9.jpg")
    found = without_copies([*CATS, copy])
    assert found.photos == tuple(CATS)
    [aside] = found.quarantined
    assert (aside.file, aside.reason) == ("cat/9.jpg", Reason.DUPLICATE)
    assert 'a copy of "cat/1.jpg"' in aside.sentence
    assert found.contradictions == ()
    assert not warned(*CATS, *DOGS, copy)


def test_a_copy_in_another_class_is_a_contradiction():
    copy = photo(1, "dog", file="dog/9.jpg")
    found = without_copies([*CATS, copy])
    assert found.photos == tuple(CATS)
    assert found.contradictions == (Contradiction("cat/1.jpg", "cat", "dog/9.jpg", "dog"),)
    assert "wrong class" in found.quarantined[0].sentence
    said = warned(*CATS, *DOGS, copy)
    assert '"cat" as cat/1.jpg and "dog" as dog/9.jpg' in said


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), max_size=40))
def test_every_file_is_told_once_and_no_digest_twice(pairs):
    photos = [photo(n, label, file=f"{i}") for i, (n, label) in enumerate(pairs)]
    found = without_copies(photos)
    told = [record.file for record in (*found.photos, *found.quarantined)]
    assert sorted(told) == sorted(one.file for one in photos)
    digests = [one.digest for one in found.photos]
    assert len(set(digests)) == len(digests) == len({n for n, _ in pairs})


def test_figures():
    sizes = [photo(1, width=10, height=100), photo(2, width=30, height=20), photo(3, width=50)]
    aside = [Quarantined("x", Reason.EMPTY, "s"), Quarantined("y", Reason.EMPTY, "s")]
    told = report(without_copies([*sizes, *DOGS[:2], *aside, photo(1, file="z")]), ["bird"])
    assert told.classes == {"bird": 0, "cat": 3, "dog": 2}
    assert list(told.classes) == ["bird", "cat", "dog"]
    assert (told.files, told.photos, told.duplicates, told.notes) == (8, 5, 1, 0)
    assert told.quarantined == {Reason.EMPTY: 2, Reason.DUPLICATE: 1}
    assert (told.smallest, told.largest, told.median) == ((30, 20), (50, 30), (40, 30))
    assert told.imbalance == 1.5


def test_nothing_to_learn_from():
    told = report(Sorted((), (), ()), ["cat"])
    assert (told.photos, told.imbalance, told.smallest) == (0, 0.0, (0, 0))
    assert told.warnings == ("no file can be used as a photo",)


MANY = [photo(number) for number in range(100, 111)]
WARNINGS = [
    (CATS, "only one class"),
    ([*CATS, DOGS[0]], '"dog" has only one photo'),
    ([*MANY, DOGS[0]], '"cat" has 11 times as many photos as "dog"'),
    ([photo(1, "train"), photo(2, "Test"), photo(3, "train")], "sides of a split"),
    ([*CATS, *[photo(n, "Cat ") for n in range(50, 55)]], "written almost alike"),
    ([*CATS, *[photo(n, "ｃａｔ") for n in range(50, 55)]], "written almost alike"),
    (
        [*CATS, *DOGS, photo(77, "dog", near=CATS[0].near)],
        '"cat/1.jpg" and "dog/77.jpg" look alike',
    ),
]


@pytest.mark.parametrize(("photos", "words"), WARNINGS)
def test_warned_of(photos, words):
    assert words in warned(*photos)


def test_a_class_without_a_usable_photo_is_named():
    assert '"bird" has no photo' in warned(*CATS, *DOGS, labels=("bird", "cat", "dog"))


FINE = [
    [*CATS, *DOGS],
    [*MANY[:10], DOGS[0], DOGS[1]],
    [*CATS, *DOGS, photo(77, near=CATS[0].near)],
    [*CATS, *DOGS, photo(77, near=None), photo(78, "dog", near=None)],
]


@pytest.mark.parametrize("photos", FINE)
def test_not_warned_of(photos):
    assert not warned(*photos)


def test_thousands_of_pairs_are_told_in_a_few_lines():
    same = [photo(number, "cat" if number % 2 else "dog", near=5) for number in range(1, 201)]
    told = report(without_copies(same))
    assert len(told.near) == MOST_PAIRS
    assert len(told.warnings) == 11
    assert told.warnings[-1] == "and at least 990 more such pairs"
