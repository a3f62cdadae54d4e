"""Presets: what a recipe says differs from network to network, and what is given still wins."""

import pytest

from tfcore import catalog, recipes
from tfcore.parsing import parse
from tfcore.recipes import PRESETS, RECIPE_HELP, RECIPE_TITLES, RECIPES, preset
from tfcore.settings import SynthesizeSettings

OTHER = "mobilenet-v2-1.0"


@pytest.fixture
def tuned(monkeypatch):
    monkeypatch.setitem(PRESETS, OTHER, {"natural": {"learning_rate": 0.07}})


@pytest.mark.parametrize("network", catalog.names())
@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_works_for_every_network(recipe, network):
    made = SynthesizeSettings(recipe=recipe, network=network)
    assert set(made.changed()) <= {"recipe", "network"}
    assert SynthesizeSettings.model_validate(made.changed()) == made


def test_a_preset_acts_for_its_network_and_its_recipe_alone(tuned):
    assert SynthesizeSettings(network=OTHER).learning_rate == 0.07
    assert SynthesizeSettings(network="MobileNetV2 1.0").learning_rate == 0.07
    assert SynthesizeSettings().learning_rate != 0.07
    assert SynthesizeSettings(network=OTHER, recipe="lesson").learning_rate == 1.0


def test_what_is_given_wins_over_a_preset(tuned):
    plain = SynthesizeSettings().learning_rate
    assert SynthesizeSettings(network=OTHER, learning_rate=plain).learning_rate == plain


def test_an_address_carries_what_differs_from_the_preset(tuned):
    assert SynthesizeSettings(network=OTHER).changed() == {"network": OTHER}
    plain = SynthesizeSettings().learning_rate
    changed = SynthesizeSettings(network=OTHER, learning_rate=plain)
    assert changed.changed() == {"network": OTHER, "learning_rate": plain}
    assert parse(changed.changed()) == changed


def test_every_recipe_has_a_title_and_words():
    assert RECIPES.keys() == RECIPE_TITLES.keys() == RECIPE_HELP.keys()


def test_the_presets_name_networks_recipes_and_fields_that_exist(tuned):
    assert set(PRESETS) <= set(catalog.names())
    for presets in PRESETS.values():
        assert set(presets) <= set(RECIPES)
        for row in presets.values():
            assert set(row) <= set(SynthesizeSettings.model_fields)


def test_each_family_dreams_of_a_layer_of_its_own(monkeypatch):
    layers = {name: parse({"recipe": "deepdream", "network": name}) for name in catalog.names()}
    assert all(made.target in catalog.layers(name) for name, made in layers.items())
    monkeypatch.setattr(recipes, "_DREAM_LAYERS", {})
    assert preset("deepdream", "vgg16")["target"] in catalog.layers("vgg16")
    assert preset("deepdream", "no such network") == {}
