"""The form of a synthesis: network, target, recipe, start, and the expert settings folded away.

Titles, help and bounds come from ``tfcore.settings``. What differs from the recipe's defaults
stands in the page's address, so that the address is the setting.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.components import address, knobs, session, starts, whatif, words
from pages.components.launch import Request
from tfcore import catalog, labels, octaves, parsing
from tfcore.config import config
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.recipes import RECIPE_HELP, RECIPE_TITLES, preset
from tfcore.settings import SynthesizeSettings
from tfcore.store.records import Run

_FIELDS = SynthesizeSettings.model_fields
_TARGETS = list(labels.names())
_CHOICES = ("parametrization", "objective", "optimizer")
_NUMBERS = ("l2_weight", "scale", "rotation", "jitter", "noise")
_DREAM_CHOICES = ("objective",)
_DREAM_NUMBERS = ("octaves", "octave_scale", "jitter", "l2_weight")


def show(run: Run | None) -> Request | None:
    """Draw the form.

    Args:
        run: The run on this page; its settings fill the form when the address says nothing else.

    Returns:
        What to start, when the button was pressed and everything is in order.
    """
    given = address.read(run)
    values: dict[str, Any] = {}
    values["network"] = _network(str(given["network"]))
    target_place = st.container()  # it stands above the recipe, which decides what is offered
    values["recipe"] = _recipe(str(given["recipe"]))
    network, recipe, is_dream = values["network"], values["recipe"], _is_dream(values)
    scope = _scope(recipe, network)
    base = SynthesizeSettings(recipe=recipe, network=network)
    start = given if scope == _scope(given["recipe"], given["network"]) else base.model_dump()
    with target_place:
        # A dream's layer is no default of other recipes, and their class is none of a dream's.
        kept = start if is_dream else base.model_dump() if _is_dream(given) else given
        values["target"] = _target(str(kept["target"]), scope)
    values["start"], photo = starts.show(str(given["start"]), network, recipe)
    if photo is not None:
        values["photo"] = photo.digest
    with st.container(horizontal=True):
        for name in ("steps", "seed"):
            values[name] = knobs.number(name, start[name], scope=scope)
    if run is not None and run.state.is_live and session.is_mine(run):
        # They stand below the growing picture meanwhile.
        values |= {name: start[name] for name in knobs.SCALES}
    else:
        knobs.weights(values, start, scope=scope)
    with st.expander("Expert settings", icon=":material/build:"):
        for name in _DREAM_CHOICES if is_dream else _CHOICES:
            values[name] = knobs.choice(name, start[name], scope=scope)
        for name in _DREAM_NUMBERS if is_dream else _NUMBERS:
            values[name] = knobs.number(name, start[name], scope=scope)
    if not is_dream:
        values |= whatif.show(given, values)
    pressed = st.button(
        "Grow the image",
        type="primary",
        icon=":material/auto_awesome:",
        key="grow",
        width="stretch",
    )
    try:
        if values["start"] == "photo" and photo is None:
            raise UserError("no photo", "a photo to start from", "add one above, or start anew")
        settings = parsing.parse(values)
        check_memory(settings, config())
    except UserError as error:
        if pressed or error.got != "no photo":  # one that is not there yet: no reason to shout
            words.complain(error)
        return None
    address.write(settings)
    missing = [row for row in map(catalog.get, settings.networks) if not catalog.is_available(row)]
    if missing:
        words.note(
            f":material/download: {' and '.join(row.title for row in missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not on this machine: "
            f"{sum(row.weights_mb for row in missing):.0f} MB are fetched first. "
            "Stop ends the download too; the next run goes on from there."
        )
    return Request(settings, photo.png if photo else None) if pressed else None


def _network(given: str) -> str:
    names = catalog.names()
    rows = {name: catalog.get(name) for name in names}
    return str(
        st.selectbox(
            "Network",
            names,
            index=names.index(given) if given in names else 0,
            key="network",
            help=_FIELDS["network"].description,
            format_func=lambda name: (
                rows[name].title + ("" if catalog.is_available(rows[name]) else " (download)")
            ),
        )
    )


def _is_dream(values: dict[str, Any]) -> bool:
    return bool(values["recipe"] == octaves.DREAM)


def _scope(recipe: str, network: str) -> str:
    """Part of the widgets' keys: fields keep their values as long as their defaults stay."""
    return f"{recipe}.{network}" if preset(recipe, network) else recipe


def _target(given: str, scope: str) -> str:
    is_dream = scope.startswith(octaves.DREAM)
    options = _TARGETS if given in _TARGETS else [given, *_TARGETS]
    chosen = st.selectbox(
        "Target",
        options,
        index=options.index(given),
        key=f"target.{scope}" if is_dream else "target",
        accept_new_options=True,
        help=_FIELDS["target"].description,
    )
    return str(chosen or given)


def _recipe(given: str) -> str:
    names = list(RECIPE_HELP)
    recipe = str(
        st.segmented_control(
            "Recipe",
            names,
            default=given if given in names else names[0],
            required=True,
            key="recipe",
            help=_FIELDS["recipe"].description,
            format_func=RECIPE_TITLES.__getitem__,
        )
    )
    words.note(RECIPE_HELP[recipe] + ".")
    return recipe
