"""Two runs beside each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.store.making import add_run, open_store
from tfcore.settings import SynthesizeSettings
from tfcore.store.comparison import best_partner, differences, step_at

STEPS = some.lists(some.integers(1, 5000), unique=True, min_size=1).map(sorted)


@pytest.fixture
def made(tmp_path):
    """Make runs with some settings; the record as the store hands it out."""
    store = open_store(tmp_path)
    return lambda **settings: store.run(add_run(store, **settings))


def test_only_what_differs_is_named_with_title_unit_and_both_values(made):
    left = made(rotation=17.0, seed=0, tv_weight=0.001)
    named = differences(left, made(rotation=0.0, seed=7, tv_weight=0.02))
    assert named[0].name == "seed", "what only experts set comes last"
    assert {(d.name, d.title, d.unit, d.left, d.right) for d in named} == {
        ("seed", "Seed", "", 0, 7),
        ("tv_weight", "Variation loss", "", 0.001, 0.02),
        ("rotation", "Random rotation", "degrees", 17.0, 0.0),
    }


def test_the_same_settings_differ_in_nothing_and_the_sides_can_be_swapped(made):
    cat, zebra = made(), made(target="zebra")
    assert differences(cat, made()) == []
    there, back = differences(cat, zebra), differences(zebra, cat)
    assert [(d.left, d.right) for d in there] == [(d.right, d.left) for d in back]
    assert [d.name for d in there] == ["target"]


def test_a_recipe_brings_every_setting_that_it_changes(made):
    names = {d.name for d in differences(made(), made(recipe="lesson"))}
    assert {"recipe", "parametrization", "objective", "learning_rate", "steps"} <= names
    assert {"network", "target", "seed"}.isdisjoint(names)


def test_a_run_from_before_a_setting_existed_has_its_default(made):
    run = made()
    older = {name: value for name, value in run.settings.items() if name != "noise"}
    old = type(run)(**{**vars(run), "settings": older})
    assert differences(old, run) == []
    strange = type(run)(**{**vars(run), "settings": {**run.settings, "given_up": 3}})
    assert [(d.title, d.left, d.right) for d in differences(run, strange)] == [
        ("given_up", None, 3)
    ]


def test_every_setting_that_can_differ_has_a_title():
    fields = SynthesizeSettings.model_fields
    assert [name for name, field in fields.items() if not field.title] == ["kind"]


def test_runs_of_different_length_keep_pace():
    short, long = [1, *range(4, 65, 4)], [1, *range(16, 1025, 16)]
    for share, at_short, at_long in [(0, 1, 1), (0.25, 16, 256), (0.5, 32, 512), (1, 64, 1024)]:
        assert (step_at(short, share), step_at(long, share)) == (at_short, at_long)


def test_no_picture_no_step():
    assert step_at([], 0.5) is None


@given(STEPS, some.floats(-1, 2), some.floats(-1, 2))
def test_time_goes_forward_through_recorded_steps_only(steps, one, other):
    earlier, later = sorted([one, other])
    at = step_at(steps, earlier), step_at(steps, later)
    assert set(at) <= set(steps)
    assert at[0] <= at[1]
    assert step_at(steps, 0) == steps[0]
    assert step_at(steps, 1) == steps[-1]


def test_the_best_partner_shows_the_same_target_with_one_thing_changed(made):
    cat, again = made(), made()
    zebra = made(target="zebra")
    smoother, lesson = made(tv_weight=0.02), made(recipe="lesson")
    assert best_partner(cat, [cat, again, zebra, lesson, smoother]) == smoother
    assert best_partner(cat, [cat, again, zebra, lesson]) == lesson
    assert best_partner(cat, [again, zebra]) == zebra
    assert best_partner(cat, [cat, again]) == again
    assert best_partner(cat, [cat]) is None
