"""Settings of an attack: what a method fills in, and what is refused in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfcore import methods, parsing
from tfcore.errors import UserError
from tfcore.settings import AttackSettings, SynthesizeSettings, read, steerable


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        ({}, {"steps": 40, "step_size": 0.5, "norm": "linf"}),
        ({"epsilon": 8}, {"step_size": 2.0}),
        ({"method": "fgsm", "epsilon": 8}, {"steps": 1, "step_size": 8.0}),
        ({"method": "mifgsm", "epsilon": 8}, {"steps": 40, "step_size": 0.8}),
        ({"method": "cw"}, {"steps": 900, "norm": "l2"}),
        ({"method": "lesson", "epsilon": 0.1}, {"steps": 100, "step_size": 1.0}),
        ({"smallest": True}, {"steps": 40 * methods.SEARCH_ROUNDS}),
        ({"smallest": "true", "steps": 80}, {"steps": 80}),
    ],
)
def test_a_method_fills_in_what_was_not_given(given_values, expected):
    found = AttackSettings.model_validate(given_values)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"epsilon": 0}, "more than 0 to 255"),
        ({"epsilon": 255.5}, "more than 0 to 255"),
        ({"epsilon": float("nan")}, "more than 0 to 255"),
        ({"epsilon": "much"}, "more than 0 to 255"),
        ({"step_size": 3}, "no longer than the budget"),
        ({"step_size": 0}, "more than 0 to 255"),
        ({"target": "a thing nobody knows"}, "a known class"),
        ({"target": "1000"}, "999"),
        ({"source": "bull mastiff", "target": "243"}, "does not show"),
        ({"network": "vgg99"}, "a known network"),
        ({"method": "guess"}, "'pgd'"),
        ({"method": "cw", "norm": "linf"}, "norm l2"),
        ({"smallest": True, "method": "deepfool"}, "fgsm, pgd, mifgsm"),
        ({"smallest": True, "vary": "epsilon", "values": "1, 2"}, "one picture"),
        ({"vary": "epsilon", "values": "1, 300"}, "more than 0 to 255"),
        ({"photo": "no digest"}, "photo"),
        ({"kind": "guess"}, "attack"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(values, words):
    with pytest.raises(UserError) as refused:
        parsing.parse({"kind": "attack", **values})
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_cells_that_vary_budget_or_method_take_steps_that_suit_them():
    by_budget = AttackSettings(vary="epsilon", values="1, 4, 16").cells()
    assert [cell.step_size for cell in by_budget] == [0.25, 1.0, 4.0]
    by_method = AttackSettings(vary="method", values="lesson, pgd, cw", steps=100).cells()
    assert [(cell.method, cell.norm, cell.step_size) for cell in by_method] == [
        ("lesson", "linf", 1.0),
        ("pgd", "linf", 0.5),
        ("cw", "l2", 1.0),
    ]
    assert {cell.steps for cell in by_method} == {100}


def test_an_address_needs_only_what_differs():
    plain = AttackSettings(method="fgsm", epsilon=8)
    assert plain.changed() == {"method": "fgsm", "epsilon": 8.0}
    assert AttackSettings.model_validate(plain.changed()) == plain
    assert AttackSettings().changed() == {}


def test_the_record_tells_kinds_apart():
    assert read(AttackSettings(epsilon=4).model_dump()) == AttackSettings(epsilon=4)
    assert isinstance(read(SynthesizeSettings().model_dump()), SynthesizeSettings)


def test_only_budget_step_and_smoothness_steer():
    assert steerable(AttackSettings) == ("epsilon", "step_size", "tv_weight")
    assert parsing.check_steering({"epsilon": 4}, AttackSettings) == {"epsilon": 4.0}
    with pytest.raises(UserError):
        parsing.check_steering({"learning_rate": 1}, AttackSettings)
    with pytest.raises(UserError):
        parsing.check_steering({"epsilon": 0}, AttackSettings)


@given(epsilon=st.floats(0.01, 255), norm=st.sampled_from(["linf", "l2"]))
def test_the_amplified_budget_is_seen_and_stays_in_range(epsilon, norm):
    factor = AttackSettings(epsilon=epsilon, norm=norm).amplification
    assert factor >= 1
    assert factor == 1 or 2 * epsilon * factor <= 127


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, 40),
        ({"method": "cw"}, 100),
        ({"method": "cw", "steps": 120}, 60),
        ({"method": "cw", "steps": 20}, 20),
        ({"method": "cw", "steps": 300, "round_steps": 100}, 100),
        ({"smallest": True}, 40),
        ({"smallest": True, "steps": 3}, 1),
    ],
)
def test_a_search_shares_its_steps_among_its_rounds(values, expected):
    assert AttackSettings.model_validate(values).steps_a_round == expected
