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


def test_a_mark_names_what_changed_and_what_went_along_with_it():
    before = {"epsilon": 8.0, "step_size": 2.0, "tv_weight": 0.0}
    one = words.changes(before, {"epsilon": 2.0, "step_size": 0.5})
    assert one == "budget 8 → 2, step size 2 → 0.5"
    many = words.changes(before, {"epsilon": 2.0})
    assert many == "budget 8 → 2, each picture's step size with it"
    assert words.changes(before, {"tv_weight": 0.1}) == "variation loss 0 → 0.1"
