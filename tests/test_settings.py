"""Settings: a recipe fills what is not given, bounds hold, and an address carries everything."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tfcore.errors import UserError
from tfcore.octaves import Octaves
from tfcore.parsing import bounds, parse
from tfcore.recipes import RECIPE_HELP, RECIPES
from tfcore.settings import SynthesizeSettings, steerable

STEERABLE = steerable(SynthesizeSettings)

FIELDS = SynthesizeSettings.model_fields
NUMBERS = [name for name in FIELDS if bounds(name)[1] < float("inf")]


def test_a_recipe_fills_what_is_not_given_and_what_is_given_wins():
    lesson = SynthesizeSettings(recipe="lesson-tv", steps=12)
    assert lesson.steps == 12
    rest = {name: value for name, value in RECIPES["lesson-tv"].items() if name != "steps"}
    assert {name: getattr(lesson, name) for name in rest} == rest
    untouched = set(FIELDS) - set(rest) - {"steps", "recipe"}
    plain = SynthesizeSettings()
    assert all(getattr(lesson, name) == getattr(plain, name) for name in untouched)


def test_what_is_given_wins_even_when_it_is_the_general_default():
    default = SynthesizeSettings().tv_weight
    assert SynthesizeSettings(recipe="lesson-tv").tv_weight != default
    assert SynthesizeSettings(recipe="lesson-tv", tv_weight=default).tv_weight == default


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_whole_and_told(name):
    made = SynthesizeSettings(recipe=name)
    assert made.recipe == name
    assert set(RECIPES[name]) <= set(FIELDS)
    assert RECIPE_HELP[name]


def test_the_lessons_recipes_differ_in_variation_loss():
    lesson, with_tv = (SynthesizeSettings(recipe=name) for name in ("lesson", "lesson-tv"))
    assert lesson.tv_weight == 0 < with_tv.tv_weight
    assert with_tv.loss_weight == 10 * lesson.loss_weight
    assert lesson.parametrization == with_tv.parametrization == "raw"
    assert not any((lesson.scale, lesson.rotation, lesson.jitter, lesson.noise))


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("what", ["raw", "pixels", "fourier"])
def test_raw_values_belong_to_the_lesson_alone(recipe, what):
    if what == "raw" and not recipe.startswith("lesson"):
        with pytest.raises(UserError, match="raw"):
            parse({"recipe": recipe, "parametrization": what})
    elif recipe != "deepdream":  # it has pixels alone
        assert parse({"recipe": recipe, "parametrization": what}).parametrization == what


def test_a_channel_has_no_probability():
    channel = {"target": "block4a_expand_relu:7"}
    with pytest.raises(UserError, match="a channel has no probability"):
        parse({**channel, "objective": "cross-entropy"})
    assert parse({**channel, "objective": "logit"}).objective == "logit"


def test_a_photo_and_the_start_from_a_photo_belong_together():
    digest = "0" * 64
    assert parse({"start": "photo", "photo": digest}).photo == digest
    with pytest.raises(UserError, match="without a photo"):
        parse({"start": "photo"})
    with pytest.raises(UserError, match="with a photo"):
        parse({"photo": digest})
    with pytest.raises(UserError, match="photo"):
        parse({"start": "photo", "photo": "../" + digest[3:]})


def test_a_network_is_kept_by_its_own_name():
    assert SynthesizeSettings(network="VGG 16", target="zebra").network == "vgg16"


def test_settings_are_frozen_and_know_no_other_field():
    with pytest.raises(ValidationError, match="frozen"):
        SynthesizeSettings().steps = 3
    with pytest.raises(UserError, match="bogus"):
        parse({"bogus": 1})


def test_what_can_be_steered():
    assert set(STEERABLE) == {"tv_weight", "learning_rate", "loss_weight", "l2_weight"}
    assert set(STEERABLE) <= set(NUMBERS)


@pytest.mark.parametrize("name", sorted(set(FIELDS) - {"kind"}))
def test_every_field_has_a_title_and_a_help_for_people(name):
    assert FIELDS[name].title
    assert len(FIELDS[name].description) > 15
    assert set(FIELDS[name].json_schema_extra) == {"steer", "unit", "expert"}


def value(name):
    low, high, is_open = bounds(name)
    if FIELDS[name].annotation is int:
        return st.integers(int(low), min(int(high), 20_000 if name == "steps" else int(high)))
    return st.floats(low, high, exclude_min=is_open)


CHOICES = {
    "network": st.sampled_from(["efficientnet-lite0", "vgg16", "mobilenet-0.75"]),
    "target": st.sampled_from(["zebra", " siam", "284", "Siamese cat", "0", "bull mastiff"]),
    "start": st.sampled_from(["noise", "gray"]),
    "parametrization": st.sampled_from(["fourier", "pixels"]),
    "objective": st.sampled_from(["logit", "cross-entropy"]),
    "optimizer": st.sampled_from(["adam", "momentum", "gradient-descent"]),
    **{name: value(name) for name in NUMBERS if name not in Octaves.model_fields},
}


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from([name for name in RECIPES if name != "deepdream"]),
    st.fixed_dictionaries({}, optional=CHOICES),
)
def test_what_differs_from_the_recipe_travels_through_an_address(recipe, given_values):
    # MaCo's waves are never flat.
    is_flat = given_values.get("start") == "gray" and "parametrization" not in given_values
    assume(not (recipe == "maco" and is_flat))
    made = parse({"recipe": recipe, **given_values})
    address = {name: str(value) for name, value in made.changed().items()}
    assert parse(address) == made
    assert set(address) <= {*given_values, "recipe"}


def test_an_address_carries_nothing_that_need_not_stand_there():
    assert SynthesizeSettings().changed() == {}
    assert SynthesizeSettings(recipe="lesson").changed() == {"recipe": "lesson"}
    assert SynthesizeSettings(tv_weight=0.5).changed() == {"tv_weight": 0.5}


def test_waves_of_fixed_strength_are_never_plain_gray():
    with pytest.raises(UserError, match="start from noise"):
        parse({"recipe": "maco", "start": "gray"})
    assert parse({"recipe": "maco"}).parametrization == "maco"
