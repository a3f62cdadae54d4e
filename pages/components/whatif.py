"""The form's question "What if?": one setting, several values, one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import streamlit as st

from pages.components import networks, words
from tfcore import classes, parsing, trained
from tfcore.methods import METHOD_TITLES
from tfcore.settings import AttackSettings, RunSettings, SynthesizeSettings, TrainSettings
from tfcore.whatif import MOST_CELLS

_FIELDS = {
    **TrainSettings.model_fields,
    **AttackSettings.model_fields,
    **SynthesizeSettings.model_fields,
}
_KEYS: dict[type[RunSettings], str] = {SynthesizeSettings: "vary", TrainSettings: "teach.vary"}
_NOTHING = ""

FIRST_VALUES = {
    "tv_weight": "0, 0.001, 0.005, 0.02, 0.1",
    "learning_rate": "0.03, 0.1, 0.3, 1",
    "loss_weight": "0.1, 1, 10, 100",
    "l2_weight": "0, 0.1, 1, 10",
    "scale": "0, 0.25, 0.5, 1",
    "rotation": "0, 17, 45, 180",
    "jitter": "0, 4, 16, 64",
    "noise": "0, 0.1, 0.2, 0.4",
    "epsilon": "0.5, 1, 2, 4",
    "step_size": "0.1, 0.2, 0.5, 1",
}
"""What stands in the field at first: from none or little to a lot, so that the difference shows."""

FIRST_OF_HEADS = {
    "hidden": "linear, 64, 256, 256x64",
    "learning_rate": "0.0001, 0.001, 0.01, 0.1",
    "dropout": "0, 0.2, 0.5, 0.8",
    "weight_decay": "0, 0.001, 0.01, 0.1",
    "clip_norm": "0, 0.1, 1, 10",
    "decay": "0.9, 0.95, 0.99, 1",
    "batch_size": "8, 32, 128, 512",
    "seed": "0, 1, 2, 3, 4",
}
"""The same for a head that is taught."""

_FIRST_TARGETS = ("zebra", "goldfish", "monarch")
_FIRST_NETWORKS = 3
_FIRST_METHODS = ("pgd", "fgsm", "mifgsm")


def show(
    given: Mapping[str, Any],
    chosen: Mapping[str, Any],
    of: type[RunSettings] = SynthesizeSettings,
) -> dict[str, str]:
    """Draw the section.

    Args:
        given: Settings of the address or of the run on the page.
        chosen: What stands in the form above: recipe or method, network and target.
        of: Settings of the kind of run.

    Returns:
        The settings ``vary`` and ``values``, both empty for a plain run.

    Example:
        >>> show({"vary": "", "values": ""}, {"recipe": "natural"})  # doctest: +SKIP
        {'vary': '', 'values': ''}
    """
    asked = str(given["vary"])
    choices = [str(choice) for choice in get_args(of.model_fields["vary"].annotation)]
    before = texts(str(given["values"]))
    # Once it has been asked, the question stays in sight.
    key, many = _KEYS.get(of, "fool.vary"), "heads" if of is TrainSettings else "pictures"
    is_open = bool(asked or st.session_state.get(key))
    with st.expander("What if?", icon=":material/grid_view:", expanded=is_open):
        vary = str(
            st.selectbox(
                "Setting to vary",
                choices,
                index=choices.index(asked) if asked in choices else 0,
                key=key,
                help=f"{_FIELDS['vary'].description}.",
                format_func=lambda name: title(name, many),
            )
        )
        if vary == _NOTHING:
            words.note("Several values of one setting run side by side, alike in all else.")
            return {"vary": "", "values": ""}
        found = before if vary == asked else []
        if vary == "target":
            values = _targets(found, str(chosen["target"]), str(chosen["network"]))
        elif vary == "network":
            values = _networks(found, str(chosen["network"]))
        elif vary == "method":
            values = _methods(found, str(chosen["method"]))
        elif choices_of(vary, of):
            values = _choices(vary, found, of)
        else:
            scope = str(chosen.get("recipe") or chosen.get("method") or chosen["kind"])
            values = _texts(vary, found, of, scope=scope)
        words.note(
            f"**{len(values)} {many}** in one run, alike in all else. “{title(vary)}” further up "
            "is left aside."
        )
    return {"vary": vary, "values": ", ".join(values)}


def title(vary: str, many: str = "pictures") -> str:
    """What a choice is called, as on the rest of the form."""
    return words.setting_title(vary) if vary else f"Nothing: one {many.removesuffix('s')}"


def choices_of(vary: str, of: type[RunSettings]) -> list[str]:
    """The few words that a setting may be; none where it is a number or a text.

    Example:
        >>> choices_of("schedule", TrainSettings)
        ['constant', 'exponential', 'cosine']
    """
    kind = of.model_fields[vary].annotation
    return ["False", "True"] if kind is bool else [str(one) for one in get_args(kind)]


def said(value: str) -> str:
    """A value as people read it.

    Example:
        >>> said("True"), said("cosine")
        ('on', 'cosine')
    """
    return {"True": "on", "False": "off"}.get(value, value)


def texts(values: str) -> list[str]:
    """Values as they were written, one by one.

    Example:
        >>> texts(" 0, 0.1,, ")
        ['0', '0.1']
    """
    return [text.strip() for text in values.split(",") if text.strip()]


def first_of(wanted: Iterable[str], own: str, most: int) -> list[str]:
    """What is chosen at first: the form's own value, and others for comparison.

    Example:
        >>> first_of(["zebra", "goldfish"], "goldfish", 3)
        ['goldfish', 'zebra']
    """
    return list(dict.fromkeys([own, *wanted]))[:most]


def _choices(vary: str, found: list[str], of: type[RunSettings]) -> list[str]:
    options = choices_of(vary, of)
    label = str(_FIELDS["values"].title)
    return _several(vary, options, found or options[:MOST_CELLS], label, format_func=said)


def _texts(vary: str, found: list[str], of: type[RunSettings], *, scope: str) -> list[str]:
    field = of.model_fields[vary]
    unit = field.json_schema_extra["unit"] if isinstance(field.json_schema_extra, dict) else ""
    bounds = "" if field.annotation is str else f", each {parsing.bounds_text(vary, of)}"
    return texts(
        st.text_input(
            f"{_FIELDS['values'].title} ({unit})" if unit else str(_FIELDS["values"].title),
            ", ".join(found) or (FIRST_OF_HEADS if of is TrainSettings else FIRST_VALUES)[vary],
            max_chars=600,
            key=f"{scope}.values.{vary}",
            help=f"{_FIELDS['values'].description}{bounds}. {field.description}.",
        )
    )


def _targets(found: list[str], own: str, network: str) -> list[str]:
    names = [name for name in classes.of(network).names() if "," not in name]  # which parts values
    is_own = trained.is_head(network)
    return _several(
        "target",
        names,
        found or first_of(names if is_own else _FIRST_TARGETS, own, 3),
        scope=network if is_own else "",
        accept_new_options=True,
    )


def _networks(found: list[str], own: str) -> list[str]:
    fellows = networks.fellows(own)
    here = list(fellows)
    first = first_of(here, own, _FIRST_NETWORKS) if own in here else here[:_FIRST_NETWORKS]
    return _several(
        "network",
        here,
        found or first,
        scope=own if trained.is_head(own) else "",
        format_func=lambda name: fellows.get(name) or words.network_title(name),
    )


def _methods(found: list[str], own: str) -> list[str]:
    return _several(
        "method",
        list(METHOD_TITLES),
        found or first_of(_FIRST_METHODS, own, 3),
        format_func=METHOD_TITLES.__getitem__,
    )


def _several(
    vary: str,
    options: list[str],
    first: list[str],
    label: str = "",
    *,
    scope: str = "",
    **more: Any,
) -> list[str]:
    """A choice of several; what an address names stands among the options in any case."""
    unknown = [value for value in first if value not in options]
    return st.multiselect(
        label or f"{title(vary)}s to try",
        [*unknown, *options],
        default=first,
        max_selections=MOST_CELLS,
        key=f"values.{vary}.{scope}" if scope else f"values.{vary}",
        help=f"{_FIELDS[vary].description}.",
        **more,
    )
