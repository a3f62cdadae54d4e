"""Sides of a split: decided by bytes and seed alone, in the shares asked for, copies together."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.datasets import making
from tfcore.datasets.splitting import Side, folds, side_of, split
from tfcore.errors import UserError

photo = making.photo
MANY = [photo(n, "cat" if n % 3 else "dog") for n in range(3000)]
PHOTOS = st.lists(
    st.builds(photo, st.integers(0, 60), st.sampled_from("abc")), min_size=1, max_size=60
)


def test_shares_within_each_class_are_those_asked_for():
    parts = split(MANY, validation=0.1, test=0.3, seed=4)
    for side, share in ((parts.train, 0.6), (parts.validation, 0.1), (parts.test, 0.3)):
        counts = Counter(one.label for one in side)
        assert counts["cat"] / 2000 == pytest.approx(share, abs=0.04)
        assert counts["dog"] / 1000 == pytest.approx(share, abs=0.05)
    assert parts.missing == parts.warnings == ()


def test_the_split_of_a_seed_never_changes():
    """A recipe of last year must find the same photos on the same side."""

    def sides(seed):
        letters = {Side.TRAIN: "t", Side.VALIDATION: "v", Side.TEST: "T"}
        return "".join(letters[side_of(f"{n:064x}", seed=seed)] for n in range(40))

    assert sides(7) == "ttTTTtttTttTtTtttttTtTtTTtttttTvvttttTvv"
    assert sides(8) != sides(7)


@given(
    PHOTOS, PHOTOS, st.integers(0, 9), st.sampled_from([0, 0.2, 0.45]), st.sampled_from([0, 0.4])
)
def test_a_photo_keeps_its_side_when_others_come(photos, others, seed, validation, test):
    def sides(given):
        parts = split(given, validation=validation, test=test, seed=seed)
        assert len(given) == len(parts.train) + len(parts.validation) + len(parts.test)
        found = {}
        for side in Side:
            for one in getattr(parts, side.value):
                assert found.setdefault(one.digest, side) is side  # copies stand together
        return found

    before, after = sides(photos), sides([*others, *photos])
    assert before.items() <= after.items()


@given(st.integers(0, 10**6), st.floats(0, 0.5), st.floats(0, 0.5))
def test_the_test_side_does_not_depend_on_the_validation_share(number, one, other):
    digest = f"{number:064x}"
    first, second = (side_of(digest, validation=share, test=0.3) for share in (one, other))
    assert (first is Side.TEST) == (second is Side.TEST)


@given(st.integers(0, 10**6), st.floats(0, 0.4), st.floats(0, 0.4))
def test_a_larger_share_takes_photos_and_gives_none_back(number, one, other):
    less, more = sorted((one, other))
    digest = f"{number:064x}"
    for side in (Side.VALIDATION, Side.TEST):
        small, large = (side_of(digest, **{"validation": 0.1, "test": 0.1, side: s})
                        for s in (less, more))  # fmt: skip
        assert small is not side or large is side


def test_a_class_without_a_photo_on_a_side_is_named():
    parts = split([*MANY, photo(5000, "bird")], validation=0.2, test=0.2)
    assert len(parts.missing) == 2
    assert {label for _, label in parts.missing} == {"bird"}
    assert all('"bird" has no photo for' in said for said in parts.warnings)


def test_a_side_that_is_not_wanted_is_not_missed():
    parts = split(MANY, validation=0, test=0)
    assert len(parts.train) == len(MANY)
    assert parts.missing == ()


@pytest.mark.parametrize(("validation", "test"), [(-0.1, 0), (0.5, 0.5), (1, 0), (0, float("nan"))])
def test_shares_that_cannot_be_are_refused(validation, test):
    with pytest.raises(UserError, match="together below 1"):
        split(MANY, validation=validation, test=test)


def test_nothing_cannot_be_divided():
    with pytest.raises(UserError, match="no photo at all"):
        split([])
    with pytest.raises(UserError, match="no photo at all"):
        folds([], 2)


@given(PHOTOS, st.integers(2, 7), st.integers(0, 5))
def test_folds_are_even_within_a_class_and_keep_copies_together(photos, k, seed):
    distinct = {one.digest: one.label for one in reversed(photos)}
    if k > len(distinct):
        with pytest.raises(UserError, match=f"{k} folds"):
            folds(photos, k, seed=seed)
        return
    parts = folds(photos, k, seed=seed)
    assert len(parts) == k
    assert all(parts)
    assert sorted(map(id, photos)) == sorted(id(one) for part in parts for one in part)
    digests = [{one.digest for one in part} for part in parts]
    assert sum(map(len, digests)) == len(distinct)
    for label in set(distinct.values()):
        counts = [sum(distinct[d] == label for d in part) for part in digests]
        assert max(counts) - min(counts) <= 1
    assert max(map(len, digests)) - min(map(len, digests)) <= 1


def test_folds_follow_the_seed_and_not_the_order():
    def numbers(parts):
        return [{one.digest for one in part} for part in parts]

    assert numbers(folds(MANY, 5)) == numbers(folds(MANY[::-1], 5))
    assert numbers(folds(MANY, 5)) != numbers(folds(MANY, 5, seed=1))


@pytest.mark.parametrize("k", [-1, 0, 1, 4])
def test_too_few_or_too_many_folds_are_refused(k):
    with pytest.raises(UserError, match="2 to 3"):
        folds([photo(1), photo(2), photo(3)], k)
