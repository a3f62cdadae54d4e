"""From what a person typed to settings: every bound is told, and nothing but a sentence comes."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfcore.config import config
from tfcore.errors import UserError
from tfcore.parsing import bounds, bounds_text, check_steering, parse
from tfcore.settings import SynthesizeSettings, steerable

STEERABLE = steerable(SynthesizeSettings)

FIELDS = SynthesizeSettings.model_fields
NUMBERS = [name for name in FIELDS if math.isfinite(bounds(name)[1])]
WHOLE = [name for name in NUMBERS if FIELDS[name].annotation is int]


def beside(name, bound, direction):
    """The value next to ``bound`` that the field can take."""
    if name in WHOLE:
        return int(bound) + direction
    return math.nextafter(bound, math.inf * direction)


@pytest.fixture(autouse=True)
def fresh():
    """Limits are read anew, here and by whoever comes after."""
    config.cache_clear()
    yield
    config.cache_clear()


@pytest.fixture
def no_limit(monkeypatch):
    """A deployment that allows as many steps as the settings do."""
    monkeypatch.setenv("TRANSFERLAB_MAX_STEPS", "100000")


def test_every_number_has_two_bounds():
    assert set(WHOLE) == {"seed", "steps", "jitter", "octaves", "octave_steps"}
    assert len(NUMBERS) == 13
    for name in NUMBERS:
        assert math.isfinite(bounds(name)[0]), name


@pytest.mark.parametrize("as_typed", [str, lambda value: value], ids=["text", "number"])
@pytest.mark.parametrize("name", NUMBERS)
def test_at_its_bounds_a_value_is_taken(no_limit, name, as_typed):
    low, high, is_open = bounds(name)
    inside = [beside(name, low, +1) if is_open else low, beside(name, low, +1), high]
    for number in inside:
        value = int(number) if name in WHOLE else number
        recipe = "deepdream" if name == "octaves" else "natural"
        given = {name: as_typed(value), "recipe": recipe, "octave_scale": 1.3}
        assert getattr(parse({**given, name: as_typed(value)}), name) == value


@pytest.mark.parametrize("as_typed", [str, lambda value: value], ids=["text", "number"])
@pytest.mark.parametrize("name", NUMBERS)
def test_just_beyond_a_bound_a_value_is_refused_with_the_bound(no_limit, name, as_typed):
    low, high, is_open = bounds(name)
    for number in (low if is_open else beside(name, low, -1), beside(name, high, +1)):
        value = int(number) if name in WHOLE else number
        with pytest.raises(UserError) as caught:
            parse({name: as_typed(value)})
        assert bounds_text(name) in caught.value.expected
        assert name in caught.value.got
        assert name in caught.value.fix


def test_bounds_are_told_in_full():
    assert bounds_text("seed") == "0 to 2147483647"
    assert bounds_text("steps") == "1 to 100000"
    assert bounds_text("scale") == "0 to 1"
    assert bounds_text("learning_rate") == "more than 0 to 100"


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("typed", ["abc", "", "nan", "inf", "-inf", None, [], "1,5"])
def test_what_is_no_number_is_refused_with_the_bounds(name, typed):
    with pytest.raises(UserError) as caught:
        parse({name: typed})
    assert bounds_text(name) in caught.value.expected
    assert ("whole number" in caught.value.expected) == (name in WHOLE)


def test_a_fraction_is_no_whole_number():
    with pytest.raises(UserError, match="a whole number"):
        parse({"steps": "2.5"})


def test_a_deployment_may_allow_fewer_steps(monkeypatch):
    monkeypatch.setenv("TRANSFERLAB_MAX_STEPS", "50")
    assert parse({"steps": 50}).steps == 50
    with pytest.raises(UserError, match="steps 51, expected 1 to 50"):
        parse({"steps": 51})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "guess"}, 'kind "guess"'),
        ({"recipe": "bogus"}, "'lesson-tv' or 'lesson'"),
        ({"optimizer": "sgd"}, "'adam', 'momentum' or 'gradient-descent'"),
        ({"network": "vgg99"}, "try vgg"),
        ({"target": "qqqq"}, "a known class"),
        ({"target": "z" * 201}, "200"),
        ({"bogus": "1"}, "leave bogus out"),
        ({"target": None}, "target"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(values, words):
    with pytest.raises(UserError) as caught:
        parse(values)
    assert words in str(caught.value)


def test_a_long_text_is_not_repeated_in_full():
    for values in ({"target": "z" * 100_000}, {"x" * 100_000: "1"}, {"steps": "9" * 100_000}):
        with pytest.raises(UserError) as caught:
            parse(values)
        assert len(str(caught.value)) < 500


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def refused_or_taken(values):
    try:
        assert isinstance(parse(values), SynthesizeSettings)
    except UserError as error:
        assert error.got
        assert error.expected
        assert error.fix


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(list(FIELDS)), ANYTHING, max_size=4))
def test_known_names_with_anything_in_them_raise_nothing_but_user_errors(values):
    refused_or_taken(values)


@settings(deadline=None, max_examples=30)
@given(st.dictionaries(st.text(max_size=10) | st.integers() | st.none(), ANYTHING, max_size=4))
def test_any_dictionary_raises_nothing_but_user_errors(values):
    refused_or_taken(values)


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(exclude_categories=()), max_size=130))
def test_any_target_raises_nothing_but_user_errors(text):
    refused_or_taken({"target": text})
    refused_or_taken({text: text})


@pytest.mark.parametrize("name", STEERABLE)
def test_steering_keeps_the_same_bounds(name):
    low, high, is_open = bounds(name)
    lowest = beside(name, low, +1) if is_open else low
    assert check_steering({name: high}) == {name: high}
    assert check_steering({name: lowest}) == {name: lowest}
    below = low if is_open else beside(name, low, -1)
    huge = 10**400
    for value in (below, beside(name, high, +1), math.nan, math.inf, huge, -huge, True, "1", None):
        with pytest.raises(UserError) as caught:
            check_steering({name: value})
        assert bounds_text(name) in caught.value.expected


@pytest.mark.parametrize("name", ["steps", "seed", "network", "bogus", ""])
def test_only_what_can_be_steered_is_steered(name):
    with pytest.raises(UserError, match="tv_weight"):
        check_steering({name: 1.0})
    with pytest.raises(UserError):
        check_steering({"tv_weight": 0.1, name: 1.0})


def test_steering_gives_plain_numbers():
    checked = check_steering({"tv_weight": 1, "learning_rate": 0.5})
    assert checked == {"tv_weight": 1.0, "learning_rate": 0.5}
    assert {type(value) for value in checked.values()} == {float}
