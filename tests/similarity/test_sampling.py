"""A part of a data set: the same one every time, with the classes' shares."""

from collections import Counter
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from tfcore.similarity.sampling import drawn


def digests(count):
    return [sha256(str(number).encode()).hexdigest() for number in range(count)]


@settings(deadline=None)
@given(
    labels=st.lists(st.sampled_from("aaaabbc"), max_size=60),
    most=st.integers(0, 70),
    seed=st.integers(0, 3),
)
def test_rows_are_in_order_and_classes_keep_their_shares(labels, most, seed):
    rows = drawn(digests(len(labels)), labels, most, seed)
    assert rows == sorted(set(rows))
    assert len(rows) == min(most, len(labels))
    whole, part = Counter(labels), Counter(labels[row] for row in rows)
    if most >= len(whole):
        assert set(part) == set(whole)
        for label, count in whole.items():
            assert abs(part[label] - count * len(rows) / max(1, len(labels))) <= len(whole)


def test_a_rare_class_is_there_whatever_its_share():
    labels = ["cat"] * 97 + ["dog", "cow", "cow"]
    rows = drawn(digests(100), labels, 5)
    assert Counter(labels[row] for row in rows) == {"cat": 3, "dog": 1, "cow": 1}


def test_the_draw_follows_seed_and_bytes_and_not_the_place():
    names, labels = digests(100), ["cat"] * 60 + ["dog"] * 40
    first = {names[row] for row in drawn(names, labels, 20)}
    assert {names[::-1][row] for row in drawn(names[::-1], labels[::-1], 20)} == first
    assert {names[row] for row in drawn(names, labels, 20, seed=1)} != first
    assert first <= {names[row] for row in drawn(names, labels, 40)}
