"""How things are said: other people's text is shown as it is."""

import re

from hypothesis import given
from hypothesis import strategies as some

from pages.components import words


@given(some.text(max_size=40))
def test_somebody_elses_text_keeps_its_letters_and_loses_its_powers(text):
    shown = words.plain(text)
    assert re.sub(r"\\([\\`*_{}\[\]()#+\-.!:<>|$~&@])", r"\1", shown) == text
    without_pairs = re.sub(r"\\\\", "", shown)
    assert not re.search(r"(?<!\\)[*_`\[<$]", without_pairs)
