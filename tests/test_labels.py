"""Class names: all unique, all found, and found by what people type."""

import json
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tfcore import labels
from tfcore.errors import UnknownName, UserError
from tfcore.labels import Label


@pytest.mark.parametrize(
    ("index", "name"),
    [
        (0, "tench"),
        (134, "crane (bird)"),
        (171, "Italian greyhound"),
        (264, "Cardigan Welsh corgi"),
        (284, "Siamese cat"),
        (340, "zebra"),
        (474, "cardigan"),
        (517, "crane (machine)"),
        (999, "toilet tissue"),
    ],
)
def test_names_by_index(index, name):
    assert labels.name(index) == name
    assert labels.names()[index] == name


def test_synonyms_are_the_originals():
    assert labels.synonyms(284) == ("Siamese cat", "Siamese")
    assert labels.synonyms(134) == labels.synonyms(517) == ("crane",)


def test_names_are_unique_however_they_are_typed():
    assert len(labels.names()) == labels.COUNT == 1000
    typed = {"".join(filter(str.isalnum, name)).casefold() for name in labels.names()}
    assert len(typed) == 1000


@pytest.mark.parametrize("index", [-1, 1000, 10**6])
def test_index_out_of_bounds_says_the_bound(index):
    for ask in (labels.name, labels.synonyms, labels.find):
        with pytest.raises(UserError, match="0 to 999"):
            ask(index)


FIRST = {
    "siam": "Siamese cat",  # and not the siamang
    "siamang": "siamang",
    "cat": "tabby",  # whose synonym is "tabby cat"
    "zebra": "zebra",
    "golden": "golden retriever",
    "284": "Siamese cat",
    "  0284 ": "Siamese cat",
    "SIAMESE_CAT": "Siamese cat",
    "siamese-cat": "Siamese cat",
    "siamesecat": "Siamese cat",
    "cat siamese": "Siamese cat",
    "Siamese": "Siamese cat",
    "cardigan": "cardigan",  # and not the corgi of that name, which has the lower index
    "crane": "crane (bird)",
    "crane machine": "crane (machine)",
    "missile": "missile",
    "hot dog": "hotdog",
    "pugdog": "pug",
    "jack o lantern": "jack-o'-lantern",
    "slipper, ladys": "yellow lady's slipper",
    "rang-utan": "orangutan",  # a part of "orang-utan"
}


@pytest.mark.parametrize("query", FIRST)
def test_find_and_search_agree_on_the_best(query):
    assert labels.find(query).name == FIRST[query]
    assert labels.search(query)[0] == labels.find(query)


def test_search_ranks_words_before_beginnings_before_parts():
    found = [label.name for label in labels.search("cat", limit=1000)]
    assert found[:5] == ["tabby", "tiger cat", "Persian cat", "Siamese cat", "Egyptian cat"]
    assert found.index("Madagascar cat") < found.index("catamaran") < found.index("polecat")
    assert "zebra" not in found


def test_ties_go_by_index():
    assert [label.index for label in labels.search("crane")[:2]] == [134, 517]
    assert [label.index for label in labels.search("panda")[:2]] == [387, 388]


def test_search_limits_and_the_empty_query():
    assert len(labels.search("a")) == 20
    assert len(labels.search("a", limit=3)) == 3
    assert labels.search("zebra", limit=0) == []
    assert labels.search("  ", limit=2) == [Label(0, "tench"), Label(1, "goldfish")]
    assert labels.search("1000") == labels.search("-1") == []


def test_misspelt_names_are_offered_by_search_and_named_by_find():
    assert labels.search("siamse cta")[0].name == "Siamese cat"
    assert labels.search("egyptain")[0].name == "Egyptian cat"
    with pytest.raises(UnknownName) as unknown:
        labels.find("siamse cta")
    assert unknown.value.fix.startswith("try Siamese cat")
    assert len(unknown.value.fix.split(", ")) == 3


@pytest.mark.parametrize("query", ["-1", "1000", "9" * 5000, "+1000"])
def test_typed_index_out_of_bounds_says_the_bound(query):
    with pytest.raises(UserError, match="0 to 999") as refusal:
        labels.find(query)
    assert not isinstance(refusal.value, UnknownName)
    assert query[:4] in refusal.value.got


def test_nothing_typed():
    with pytest.raises(UserError, match="no class"):
        labels.find(" ")


@settings(deadline=None)
@given(st.integers(0, 999))
def test_every_name_and_index_finds_itself(index):
    expected = Label(index, labels.name(index))
    assert labels.find(index) == labels.find(str(index)) == expected
    assert labels.find(expected.name) == expected
    assert labels.find(expected.name.upper().replace(" ", "_")) == expected
    assert labels.search(expected.name, limit=1) == [expected]


@settings(deadline=None)
@given(st.integers(0, 999), st.data())
def test_every_synonym_finds_its_class(index, data):
    synonym = data.draw(st.sampled_from(labels.synonyms(index)))
    assert index in [label.index for label in labels.search(synonym, limit=1000)[:3]]


@settings(deadline=None)
@given(st.text(max_size=300))
@example("²")
@example("'")
@example("\x00\n")
@example("٣")
@example("x" * 100_000)
def test_any_text_is_a_label_or_a_user_error(text):
    found = labels.search(text)
    assert len(set(found)) == len(found) <= 20
    try:
        assert labels.find(text) in found
    except UserError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 400


@pytest.mark.testbed
def test_names_agree_with_the_index_of_keras(testbed):
    path = testbed / "weights" / "keras_home" / "models" / "imagenet_class_index.json"
    table = json.loads(path.read_text())
    for index in range(1000):
        theirs = table[str(index)][1].replace("_", " ").casefold()
        assert labels.synonyms(index)[0].replace("'", "").casefold() == theirs.replace("'", "")


def test_the_names_come_without_tensorflow():
    code = (
        "import sys; from tfcore import images, labels; labels.name(0);"
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras', 'streamlit')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
