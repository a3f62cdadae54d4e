"""The form of an attack: network, photo, target, method, budget, and the rest folded away.

Titles, help and bounds come from ``tfcore.settings``. What differs from the method's defaults
stands in the page's address; the photo stays with the person.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.components import address, clean_look, form, knobs, photo, session, whatif, words
from pages.components.launch import Request
from tfcore import classes, methods, parsing, trained
from tfcore.config import config
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.methods import METHOD_HELP, METHOD_TITLES
from tfcore.settings import AttackSettings, steerable
from tfcore.store.records import Run

_FIELDS = AttackSettings.model_fields
_LESSON = {"vary": "method", "values": "lesson, pgd", "steps": 100, "smallest": False}
_UNKNOWN = "whatever it sees at first"


def show(run: Run | None) -> Request | None:
    """Draw the form.

    Args:
        run: The run on this page; its settings fill the form when the address says nothing else.

    Returns:
        What to start, when a button was pressed and everything is in order.
    """
    given = address.read(run, "attack")
    values: dict[str, Any] = {"kind": "attack"}
    values["network"] = form.network(str(given["network"]), key="fool.network")
    chosen = photo.show(values["network"])
    if not classes.are_shared(values["network"], str(given["network"])):
        # No network knows another one's own classes.
        usual = AttackSettings(network=values["network"])
        given = {**given, "source": usual.source, "target": usual.target}
    values["source"] = _source(str(given["source"]), chosen, values["network"])
    _goal(values, given)
    if chosen is not None:
        shows, goal = _indices(values)
        clean_look.show(values["network"], chosen.photo, shows, goal)
    values["method"] = _method(str(given["method"]))
    _budget(values, given, run)
    _expert(values, given)
    values |= whatif.show(given, values, AttackSettings)
    pressed = st.button(
        "Fool it", type="primary", icon=":material/theater_comedy:", key="fool", width="stretch"
    )
    lesson = st.button(
        "As in the lesson, and mended",
        icon=":material/school:",
        key="fool.lesson",
        width="stretch",
        help="Runs the lesson's exact procedure and, beside it, PGD with the budget above, and "
        "judges both on the picture as it was saved",
    )
    return _request(values, chosen, pressed=pressed, lesson=lesson)


def _request(
    values: dict[str, Any], chosen: photo.Chosen | None, *, pressed: bool, lesson: bool
) -> Request | None:
    """The request, or a sentence that says what to mend."""
    if lesson:
        values = {**values, "method": "pgd", **_LESSON}
        values.pop("step_size", None)
    try:
        if chosen is None:
            raise UserError("no photo", "a photo to begin with", "choose or add one above")
        settings = parsing.parse({**values, "photo": chosen.photo.digest})
        check_memory(settings, config())
    except UserError as error:
        if pressed or lesson or error.got != "no photo":  # not there yet: no reason to shout
            words.complain(error)
        return None
    if not lesson:
        address.write(settings)
    form.downloads(settings.needed_networks)
    return Request(settings, chosen.photo.png) if pressed or lesson else None


def _source(given: str, chosen: photo.Chosen | None, network: str) -> str:
    """What the photo shows: known of an installed one, told by the person of another."""
    if chosen is not None and chosen.shows:
        return chosen.shows
    names = ["", *classes.of(network).names()]
    return str(
        st.selectbox(
            str(_FIELDS["source"].title),
            names,
            index=names.index(given) if given in names else 0,
            key=_key("fool.shows", network),
            format_func=lambda name: name or _UNKNOWN,
            help=f"{_FIELDS['source'].description}.",
        )
        or ""
    )


def _goal(values: dict[str, Any], given: dict[str, Any]) -> None:
    """The class that shall be seen, or anything else."""
    values["untargeted"] = knobs.switch(
        "untargeted", bool(given["untargeted"]), key="fool.untargeted", of=AttackSettings
    )
    names = list(classes.of(values["network"]).names())
    first = str(given["target"])
    options = names if first in names else [first, *names]
    values["target"] = str(
        st.selectbox(
            str(_FIELDS["target"].title),
            options,
            index=options.index(first),
            key=_key("fool.target", values["network"]),
            disabled=values["untargeted"],
            help=f"{_FIELDS['target'].description}.",
        )
        or first
    )


def _indices(values: dict[str, Any]) -> tuple[int | None, int | None]:
    """Class indices of what the photo shows and of the target, where there are any."""
    known = classes.of(values["network"])
    shows = known.find(values["source"]).index if values["source"] else None
    return shows, None if values["untargeted"] else known.find(values["target"]).index


def _key(name: str, network: str) -> str:
    """Key of a widget that offers classes: those of one's own have one of their own."""
    return f"{name}.{network}" if trained.is_head(network) else name


def _method(given: str) -> str:
    names = list(METHOD_TITLES)
    method = str(
        st.pills(
            str(_FIELDS["method"].title),
            names,
            default=given if given in names else names[0],
            required=True,
            key="fool.method",
            wrap=True,
            help=f"{_FIELDS['method'].description}.",
            format_func=METHOD_TITLES.__getitem__,
        )
    )
    words.note(METHOD_HELP[method] + ".")
    return method


def _budget(values: dict[str, Any], given: dict[str, Any], run: Run | None) -> None:
    """Epsilon, unless it stands below the running picture, and the search for the least one."""
    if not methods.has_budget(values["method"]):
        return
    if run is not None and run.state.is_live and session.is_mine(run):
        values["epsilon"] = float(given["epsilon"])
    else:
        values["epsilon"] = knobs.slider(
            "epsilon", float(given["epsilon"]), key="fool.epsilon", of=AttackSettings
        )
    values["smallest"] = knobs.switch(
        "smallest", bool(given["smallest"]), key="fool.smallest", of=AttackSettings
    )


def _expert(values: dict[str, Any], given: dict[str, Any]) -> None:
    """What most people leave as it is; its first values follow method and budget."""
    method, epsilon = values["method"], values.get("epsilon", 2.0)
    is_same = all(values.get(name, given[name]) == given[name] for name in AttackSettings.chosen)
    base = AttackSettings.model_validate(
        {name: values[name] for name in AttackSettings.chosen if name in values}
    ).model_dump()
    start = given if is_same else base
    scope = f"fool.{method}.{epsilon:g}.{values.get('smallest', False)}"
    with st.expander("Expert settings", icon=":material/build:"):
        idle = set(steerable(AttackSettings)) - set(methods.STEERED[method])
        for name in ("steps", "step_size", "tv_weight", "seed"):
            if name in idle:
                continue  # a number that makes no difference only asks for an explanation
            values[name] = knobs.number(name, start[name], scope=scope, of=AttackSettings)
        if method != "cw":
            values["norm"] = knobs.choice("norm", start["norm"], scope=scope, of=AttackSettings)
        if method == "pgd":
            values["random_start"] = knobs.switch(
                "random_start",
                bool(start["random_start"]),
                key=f"{scope}.random_start",
                of=AttackSettings,
            )
        values["ensemble"] = form.ensemble(str(given["ensemble"]), values["network"])
