"""What is sent again, and what is not."""

import pytest
import streamlit as st

from pages.components import increments


@pytest.fixture(autouse=True)
def _session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})


def test_a_part_that_was_sent_nothing_wants_everything():
    assert increments.since("curves", "a") == 0


def test_one_message_back_is_sent_again():
    for last, wanted in [(10, 0), (20, 10), (30, 20), (30, 20)]:
        increments.record("curves", "a", last)
        assert increments.since("curves", "a") == wanted


def test_another_run_and_another_part_begin_anew():
    increments.record("curves", "a", 10)
    increments.record("curves", "a", 20)
    assert increments.since("curves", "b") == 0
    assert increments.since("film", "a") == 0
    increments.record("curves", "b", 5)
    assert increments.since("curves", "b") == 0


def test_a_refill_sends_everything():
    increments.record("curves", "a", 10)
    increments.record("curves", "a", 20)
    increments.forget("curves")()
    increments.forget("curves")()
    assert increments.since("curves", "a") == 0
