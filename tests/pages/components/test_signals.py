"""A callback that comes when its page was left a moment ago does nothing, and breaks nothing."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import accuracies, confusion, knobs, looks, scatter, sheets, signals, tiles

NOTHING_HEARD = {
    "confusion": (lambda: confusion.picked("gone"), None),
    "accuracies": (lambda: accuracies.opened("gone"), ""),
    "scatter": (lambda: scatter.picked("gone"), None),
    "scatter, enclosed": (lambda: scatter.selected("gone"), []),
    "tiles": (lambda: tiles.opened("gone"), None),
    "sheets": (lambda: sheets._note("gone"), None),
    "looks": (looks._turn, None),
    "knobs": (lambda: knobs._steer("0" * 12, "learning_rate"), None),
}


def called(function):
    """What a function says in a session in which nothing has been said."""

    def script(function):
        import streamlit as st

        st.session_state["answer"] = function()

    app = AppTest.from_function(script, args=(function,)).run()
    assert not app.exception, app.exception[0].message
    return app.session_state["answer"]


@pytest.mark.parametrize("part", NOTHING_HEARD)
def test_of_a_page_that_was_left_nothing_is_heard(part):
    function, nothing = NOTHING_HEARD[part]
    assert called(function) == nothing


def test_the_address_of_the_next_page_is_left_alone():
    def script():
        import streamlit as st

        from pages.components import looks

        st.query_params["look"] = "photo"
        looks._turn()

    app = AppTest.from_function(script).run()
    assert app.query_params["look"] == "photo"


def test_what_was_said_is_heard():
    def function():
        import streamlit as st

        st.session_state["part"] = {"pick": 3}
        return signals.heard("part", "pick"), signals.heard("part", "open")

    assert called(function) == (3, None)
