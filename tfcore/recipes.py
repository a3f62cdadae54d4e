"""Recipes: sets of settings that belong together, as data.

A recipe names only what differs from the defaults of ``settings.py``. To add one, add a row here
and its name to ``settings.Recipe``.
"""

from __future__ import annotations

from typing import Any

RECIPES: dict[str, dict[str, Any]] = {
    # Fourier parametrisation with decorrelated colours under random transforms: a picture that a
    # person recognises (Olah et al., Feature Visualization, Distill 2017).
    "natural": {},
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

RECIPE_HELP = {
    "natural": "Smooth waves and random views: the picture a person recognises",
    "lesson-tv": "The lesson's recipe with variation loss: patterns appear",
    "lesson": "The lesson's first recipe, pixels alone: noise that convinces the network",
}
