"""Recipes: sets of settings that belong together, as data.

A recipe names only what differs from the defaults of ``settings.py``, and a preset only what
differs from the recipe for one network. To add a recipe, add a row here, its name to
``settings.Recipe`` and its words below; to add a preset, a row to ``PRESETS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfcore import catalog, classes
from tfcore.errors import UserError

RECIPES: dict[str, dict[str, Any]] = {
    # Fourier parametrisation with decorrelated colours under random transforms: a picture that a
    # person recognises (Olah et al., Feature Visualization, Distill 2017).
    "natural": {},
    # The magnitudes of a photo's waves are given, only their phases are sought (Fel et al., MaCo,
    # NeurIPS 2023).
    "maco": {"parametrization": "maco", "learning_rate": 0.1, "tv_weight": 0.0},
    # A photo in which the network is shown more of what it sees (Mordvintsev et al. 2015).
    "deepdream": {
        "target": "block6a_expand_relu",
        "parametrization": "pixels",
        "optimizer": "gradient-descent",
        "learning_rate": 0.006,
        "tv_weight": 0.1,
        "steps": 80,
        "octaves": 4,
        "scale": 0.0,
        "rotation": 0.0,
        "noise": 0.0,
    },
    # The lesson's second try: ten times the cross-entropy and a little total variation.
    "lesson-tv": {
        "parametrization": "raw",
        "objective": "cross-entropy",
        "loss_weight": 10.0,
        "tv_weight": 0.005,
        "optimizer": "gradient-descent",
        "learning_rate": 1.0,
        "steps": 1000,
        "scale": 0.0,
        "rotation": 0.0,
        "jitter": 0,
        "noise": 0.0,
    },
}
# The lesson's first try: plain gradient descent on raw pixels. It ends in noise.
RECIPES["lesson"] = {**RECIPES["lesson-tv"], "loss_weight": 1.0, "tv_weight": 0.0}

_DREAM_LAYERS = {
    "efficientnet-lite": "block6a_expand_relu",
    "mobilenet": "conv_pw_11_relu",
    "mobilenet-v2": "block_13_expand_relu",
    "vgg": "block5_conv2",
    "resnet": "conv4_block6_out",
}
"""A layer of each family in which parts of animals and things are seen."""

PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    # Network, recipe, what differs.
}

RECIPE_TITLES = {
    "natural": "Natural",
    "maco": "MaCo",
    "deepdream": "DeepDream",
    "lesson-tv": "Lesson + TV",
    "lesson": "Lesson",
}

RECIPE_HELP = {
    "natural": "Smooth waves and random views: the picture a person recognises",
    "maco": "Waves as strong as in photos, only their places are sought: fine structure everywhere",
    "deepdream": "Start from a photo and show the network more of what it sees there, at growing "
    "sizes",
    "lesson-tv": "The lesson's recipe with variation loss: patterns appear",
    "lesson": "The lesson's first recipe, pixels alone: noise that convinces the network",
}


def preset(recipe: str, network: str) -> Mapping[str, Any]:
    """What differs from a recipe for one network, the target of one's own; empty if nothing does.

    Args:
        recipe: A name of ``RECIPES``.
        network: A network's name or title.

    Example:
        >>> preset("deepdream", "vgg16")
        {'target': 'block5_conv2'}
    """
    try:
        row = catalog.get(network)
    except UserError:
        return {}  # refused in words where the network's own field is checked
    base = catalog.base_of(row)
    found = dict(PRESETS.get(base.name, {}).get(recipe, {}))
    if recipe == "deepdream" and row.name != catalog.DEFAULT:
        found.setdefault("target", _dream_layer(row))
    elif row != base:
        found["target"] = classes.usual(row.name)
    return found


def _dream_layer(network: catalog.Network) -> str:
    """The family's layer; of a family that has none here, the one at 60% of the way."""
    layers = list(catalog.layers(network.name))
    wanted = _DREAM_LAYERS.get(catalog.base_of(network).family, "")
    return wanted if wanted in layers else layers[6 * len(layers) // 10]


def defaults(recipe: str, network: str) -> dict[str, Any]:
    """What a recipe says, as it suits a network."""
    return {**RECIPES.get(recipe, {}), **preset(recipe, network)}
