"""What the view of one photo says, and how it asks: once, and never standing still."""

from concurrent.futures import Future

import pytest

from pages.components import asking, evidence, inside, sights
from tfcore import catalog, labels


def test_networks_that_agree_are_told_in_few_words():
    four = {name: ["tabby", "Egyptian cat"] for name in "ABCD"}
    assert sights.agreement(four) == "All 4 say **tabby**."


def test_networks_that_disagree_are_named_with_what_they_share():
    said = {
        "A": ["tabby", "Egyptian cat"],
        "B": ["Egyptian cat", "tabby"],
        "C": ["tabby", "zebra"],
    }
    told = sights.agreement(said)
    assert told == (
        "They disagree: **tabby** (A and C) and **Egyptian cat** (B). "
        "Among the five of each: **tabby**."
    )
    apart = sights.agreement({"A": ["tabby"], "B": ["zebra"]})
    assert apart.endswith("Their fives share no class.")


def test_layers_are_told_by_how_much_smaller_they_are():
    for name in catalog.names():
        whole = catalog.get(name).input_size
        told = [inside.depth(shape[0], whole) for shape in catalog.layer_shapes(name).values()]
        assert told[0].startswith("Early")
        order = [("Early", "In th", "Late:").index(words[:5]) for words in told]
        assert order == sorted(order)
    assert inside.depth(7, 224).startswith("Late")
    assert inside.size((112, 112, 16)) == "112 × 112 × 16"


def test_evidence_that_is_none_is_called_none():
    assert evidence.told("zebra", 0.0, 0.0001).startswith("Nothing in this photo speaks for")
    assert "together about 8.9 points" in evidence.told("tabby", 8.93, 0.39)
    assert labels.COUNT == 1000


@pytest.fixture
def book():
    return asking.Book(2)


def done(value=None, error=None):
    future = Future()
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
    return future


def test_a_question_is_sent_once_while_its_answer_is_kept(book):
    on_its_way = Future()
    assert book.ask(("a",), lambda: on_its_way) is on_its_way
    assert book.ask(("a",), lambda: done(2)) is on_its_way
    on_its_way.set_result(1)
    assert book.ask(("a",), lambda: done(2)).result() == 1


def test_what_came_to_grief_is_asked_anew(book):
    book.ask(("a",), lambda: done(error=OSError()))
    assert book.ask(("a",), lambda: done(2)).result() == 2


def test_the_answer_not_asked_for_longest_goes_first(book):
    for name in "ab":
        book.ask((name,), lambda name=name: done(name))
    book.ask(("a",), lambda: done("again"))
    book.ask(("c",), lambda: done("c"))
    assert book.ask(("a",), lambda: done("lost")).result() == "a"
    assert book.ask(("b",), lambda: done("lost")).result() == "lost"
