"""The form of a synthesis: network, target, recipe, start, and the expert settings folded away.

Titles, help and bounds come from ``tfcore.settings``. What differs from the recipe's defaults
stands in the page's address, so that the address is the setting.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from pages.components import address, knobs, networks, session, starts, whatif, words
from pages.components.launch import Request
from tfcore import catalog, classes, octaves, parsing, trained
from tfcore.config import config
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.recipes import RECIPE_HELP, RECIPE_TITLES, preset
from tfcore.settings import SynthesizeSettings
from tfcore.settings.common import MOST_NETWORKS
from tfcore.store.records import Run

_FIELDS = SynthesizeSettings.model_fields
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
    values["network"] = network(str(given["network"]))
    target_place = st.container()  # it stands above the recipe, which decides what is offered
    values["recipe"] = _recipe(str(given["recipe"]))
    name, recipe, is_dream = values["network"], values["recipe"], _is_dream(values)
    scope = _scope(recipe, name)
    base = SynthesizeSettings(recipe=recipe, network=name)
    start = given if scope == _scope(given["recipe"], given["network"]) else base.model_dump()
    with target_place:
        # A dream's layer is no default of other recipes, their class is none of a dream's, and no
        # network knows another one's own classes.
        is_kept = not _is_dream(given) and classes.are_shared(name, str(given["network"]))
        kept = start if is_dream else given if is_kept else base.model_dump()
        values["target"] = _target(str(kept["target"]), name, scope)
    values["start"], photo = starts.show(str(given["start"]), name, recipe)
    if photo is not None:
        values["photo"] = photo.digest
    with st.container(horizontal=True):
        for field in ("steps", "seed"):
            values[field] = knobs.number(field, start[field], scope=scope)
    if run is not None and run.state.is_live and session.is_mine(run):
        # They stand below the growing picture meanwhile.
        values |= {field: start[field] for field in knobs.sliders(SynthesizeSettings)}
    else:
        knobs.weights(values, start, scope=scope)
    with st.expander("Expert settings", icon=":material/build:"):
        for field in _DREAM_CHOICES if is_dream else _CHOICES:
            values[field] = knobs.choice(field, start[field], scope=scope)
        for field in _DREAM_NUMBERS if is_dream else _NUMBERS:
            values[field] = knobs.number(field, start[field], scope=scope)
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
    downloads(settings.needed_networks)
    return Request(settings, photo.png if photo else None) if pressed else None


def downloads(networks: Iterable[str]) -> None:
    """Say what has to be fetched before a run with these networks can begin."""
    rows = [row for row in map(catalog.get, networks) if not catalog.is_available(row)]
    missing = list(dict.fromkeys(map(catalog.base_of, rows)))
    if missing:
        words.note(
            f":material/download: {' and '.join(row.title for row in missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not on this machine: "
            f"{sum(row.weights_mb for row in missing):.0f} MB are fetched first. "
            "Stop ends the download too; the next run goes on from there."
        )


def ensemble(given: str, own: str) -> str:
    """More networks that are asked together with the first: of its classes, and here."""
    fellows = networks.fellows(own)
    here = [name for name in fellows if name != own]
    chosen = st.multiselect(
        str(_FIELDS["ensemble"].title),
        here,
        default=[name for name in given.split(",") if name in here],
        max_selections=MOST_NETWORKS - 1,
        key=f"ensemble.{own}",
        help=f"{_FIELDS['ensemble'].description}.",
        format_func=fellows.__getitem__,
    )
    return ",".join(chosen)


def network(given: str, *, key: str = "network") -> str:
    """Choose a network, or one of the visitor's own; what has to be fetched first says so."""
    titles = networks.offered(given)
    names = list(titles)
    return str(
        st.selectbox(
            "Network",
            names,
            index=names.index(given) if given in names else 0,
            key=key,
            help=_FIELDS["network"].description,
            format_func=titles.__getitem__,
        )
    )


def _is_dream(values: dict[str, Any]) -> bool:
    return bool(values["recipe"] == octaves.DREAM)


def _scope(recipe: str, network: str) -> str:
    """Part of the widgets' keys: fields keep their values as long as their defaults stay."""
    return f"{recipe}.{network}" if preset(recipe, network) else recipe


def _target(given: str, network: str, scope: str) -> str:
    has_own = scope.startswith(octaves.DREAM) or trained.is_head(network)
    names = list(classes.of(network).names())
    options = names if given in names else [given, *names]
    chosen = st.selectbox(
        "Target",
        options,
        index=options.index(given),
        key=f"target.{scope}" if has_own else "target",
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
