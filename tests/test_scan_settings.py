"""How classes are told: by folders, unless the data set is one that has its own way."""

import pytest

from tfcore.errors import UserError
from tfcore.parsing import parse


@pytest.mark.parametrize(
    ("given", "labelling", "carried"),
    [
        ({}, "folders", set()),
        ({"data": "/my/pets"}, "folders", {"data"}),
        ({"data": "/my/pets", "labelling": "breeds"}, "breeds", {"data", "labelling"}),
        ({"data": "cats-vs-dogs"}, "folders", {"data"}),
        ({"data": "oxford-pets"}, "breeds", {"data"}),
        ({"data": "oxford-pets", "labelling": "cat-or-dog"}, "cat-or-dog", {"data", "labelling"}),
    ],
)
def test_a_data_set_tells_its_classes_in_its_own_way(given, labelling, carried):
    settings = parse({"kind": "scan", **given})
    assert settings.labelling == labelling
    changed = settings.changed()
    assert set(changed) == carried
    assert parse({"kind": "scan", **changed}) == settings, "the address says it all"


@pytest.mark.parametrize(
    ("data", "labelling", "expected"),
    [
        ("cats-vs-dogs", "breeds", "folders"),
        ("oxford-pets", "folders", "breeds or cat-or-dog"),
    ],
)
def test_a_way_that_would_find_no_class_is_refused_before_a_download(data, labelling, expected):
    with pytest.raises(UserError) as refusal:
        parse({"kind": "scan", "data": data, "labelling": labelling})
    assert refusal.value.expected == expected
