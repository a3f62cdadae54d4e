"""The table of published data sets is whole, and its addresses and checksums have their form."""

import re

import pytest

from tfcore.datasets import packaged, published, sources
from tfcore.parsing import parse
from tfcore.settings.scan import LABELLINGS


@pytest.mark.parametrize("name", published.names())
def test_a_row_is_whole(name):
    row = published.get(name)
    for address in (row.url, row.licence_url, row.home):
        assert address.startswith("https://")
    assert re.fullmatch("[0-9a-f]{64}", row.sha256)
    assert row.file.endswith((".zip", ".tar.gz"))
    assert 0.5e9 < row.size < row.unpacked < 1.2 * row.size
    assert all((row.title, row.about, row.licence, row.citation, row.inside, row.photos))
    assert sources.title(name) == row.title
    assert row.address("https://school.example/sets") == f"https://school.example/sets/{row.file}"
    assert row.address() == row.url


def test_every_name_is_one_set_and_has_its_way_to_tell_classes():
    names = sources.names()
    assert len(set(names)) == len(names) == len(packaged.names()) + len(published.names())
    assert set(LABELLINGS) == set(published.names())
    for name, ways in LABELLINGS.items():
        assert parse({"kind": "scan", "data": name}).labelling == ways[0]
