"""Names of files: any bytes become text that breaks nothing, and the way back is exact."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfcore.datasets import names
from tfcore.errors import UserError

TABLE = {
    b"cat.jpg": "cat.jpg",
    "katze–猫–گربه‌.jpg".encode(): "katze–猫–گربه‌.jpg",
    b"caf\xe9.jpg": "caf\\xe9.jpg",
    b"two\nlines": "two\\x0alines",
    b"back\\slash": "back\\\\slash",
    b"\\xe9": "\\\\xe9",
    "turned\u202egpj.exe".encode(): "turned\\xe2\\x80\\xaegpj.exe",
}


@pytest.mark.parametrize("raw", TABLE)
def test_names_as_text(raw):
    assert names.as_text(os.fsdecode(raw)) == TABLE[raw]


@given(st.binary(max_size=60))
def test_the_way_back_is_exact_and_the_text_is_harmless(raw):
    text = names.as_text(os.fsdecode(raw))
    assert os.fsencode(names.from_text(text)) == raw
    assert json.loads(json.dumps(text, ensure_ascii=False).encode()) == text
    assert len(text.splitlines()) <= 1


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_two_names_never_become_one(first, second):
    one, other = (names.as_text(os.fsdecode(raw)) for raw in (first, second))
    assert (one == other) == (first == second)


@pytest.mark.parametrize(
    "file", ["", "../a", "a/../../b", "/etc/passwd", "a//b", ".", "a/\\x2e\\x2e/b", "a\\x00b"]
)
def test_a_file_outside_is_not_located(file):
    with pytest.raises(UserError, match="inside the data set"):
        names.locate(Path("root"), file)


def test_a_file_inside_is_located():
    assert names.locate(Path("root"), "a/caf\\xe9") == Path("root", "a", os.fsdecode(b"caf\xe9"))
