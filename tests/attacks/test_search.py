"""The smallest budget: a bracket that closes on the least one that fools."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.photo import dog
from tfcore.attacks.search import Bracket, SmallestBudget
from tfcore.methods import SEARCH_ROUNDS
from tfcore.settings import AttackSettings


def search(bracket, first, least):
    """Tries in order, were every budget from ``least`` on enough."""
    tries, epsilon = [], first
    while epsilon is not None and len(tries) < 40:
        tries.append(epsilon)
        bracket.tell(epsilon, epsilon >= least)
        epsilon = bracket.next()
    return tries


@given(first=st.integers(1, 255), least=st.integers(1, 255))
def test_whole_budgets_close_on_the_least(first, least):
    bracket = Bracket(whole=True)
    tries = search(bracket, float(first), least)
    assert bracket.high == least
    assert bracket.low == least - 1
    assert all(1 <= at <= 255 and at == int(at) for at in tries)
    assert len(tries) == len(set(tries))


@given(first=st.floats(0.1, 255), least=st.floats(0.1, 255))
def test_other_budgets_come_within_a_twentieth(first, least):
    bracket = Bracket(whole=False)
    search(bracket, first, least)
    assert least <= bracket.high <= 1.05 * max(least, bracket.low)


def test_nothing_that_fools_ends_at_the_whole_range():
    bracket = Bracket(whole=True)
    assert search(bracket, 2.0, math.inf)[-1] == 255
    assert math.isinf(bracket.high)


def test_a_small_budget_that_fooled_counts_more_than_a_larger_one_that_failed():
    bracket = Bracket(whole=True)
    bracket.tell(2, True)
    bracket.tell(8, False)
    assert (bracket.low, bracket.high) == (0, 2)


@pytest.fixture(scope="module")
def settings():
    return AttackSettings(smallest=True, epsilon=4, steps=8 * 12)


def test_the_search_ends_on_a_budget_that_is_enough_and_resumes_to_the_bit(settings):
    whole = SmallestBudget(settings, dog())
    while whole.step_number < whole.steps:
        whole.step()
    resumed = SmallestBudget(settings, dog())
    for _ in range(17):
        resumed.step()
    saved = resumed.state()
    resumed = SmallestBudget(settings, dog())
    resumed.restore(saved)
    while resumed.step_number < resumed.steps:
        resumed.step()
    one, other = whole.result(), resumed.result()
    assert np.array_equal(one.image, other.image)
    assert one.summary == other.summary
    tries = one.summary["tries"]
    assert 1 < len(tries) <= SEARCH_ROUNDS
    least = min(row["epsilon_255"] for row in tries if row["success_png"])
    assert one.summary["smallest_epsilon_255"] == least
    assert one.summary["success_png"]
    assert one.summary["linf_255"] <= least
    assert all(row["epsilon_255"] < least for row in tries if not row["success_png"])
