"""The form's question "What if?": one setting, several values, one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

import streamlit as st

from pages.components import words
from tfcore import catalog, labels, parsing
from tfcore.settings import SynthesizeSettings
from tfcore.whatif import MOST_CELLS, Vary

_FIELDS = SynthesizeSettings.model_fields
_NOTHING = ""
_CHOICES = [str(choice) for choice in get_args(Vary)]

FIRST_VALUES = {
    "tv_weight": "0, 0.001, 0.005, 0.02, 0.1",
    "learning_rate": "0.03, 0.1, 0.3, 1",
    "loss_weight": "0.1, 1, 10, 100",
    "l2_weight": "0, 0.1, 1, 10",
    "scale": "0, 0.25, 0.5, 1",
    "rotation": "0, 17, 45, 180",
    "jitter": "0, 4, 16, 64",
    "noise": "0, 0.1, 0.2, 0.4",
}
"""What stands in the field at first: from none or little to a lot, so that the difference shows."""

_FIRST_TARGETS = ("zebra", "goldfish", "monarch")
_FIRST_NETWORKS = 3


def show(given: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, str]:
    """Draw the section.

    Args:
        given: Settings of the address or of the run on the page.
        chosen: What stands in the form above: recipe, network and target.

    Returns:
        The settings ``vary`` and ``values``, both empty for a plain run.

    Example:
        >>> show({"vary": "", "values": ""}, {"recipe": "natural"})  # doctest: +SKIP
        {'vary': '', 'values': ''}
    """
    asked = str(given["vary"])
    before = texts(str(given["values"]))
    # Once it has been asked, the question stays in sight.
    is_open = bool(asked or st.session_state.get("vary"))
    with st.expander("What if?", icon=":material/grid_view:", expanded=is_open):
        vary = str(
            st.selectbox(
                "Setting to vary",
                _CHOICES,
                index=_CHOICES.index(asked) if asked in _CHOICES else 0,
                key="vary",
                help=f"{_FIELDS['vary'].description}.",
                format_func=title,
            )
        )
        if vary == _NOTHING:
            words.note("Several values of one setting grow side by side, alike in all else.")
            return {"vary": "", "values": ""}
        found = before if vary == asked else []
        if vary == "target":
            values = _targets(found, str(chosen["target"]))
        elif vary == "network":
            values = _networks(found, str(chosen["network"]))
        else:
            values = _numbers(vary, found, scope=str(chosen["recipe"]))
        words.note(
            f"**{len(values)} pictures** in one run, alike in all else. “{title(vary)}” further up "
            "is left aside."
        )
    return {"vary": vary, "values": ", ".join(values)}


def title(vary: str) -> str:
    """What a choice is called, as on the rest of the form."""
    return words.setting_title(vary) if vary else "Nothing: one picture"


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


def _numbers(vary: str, found: list[str], *, scope: str) -> list[str]:
    field = _FIELDS[vary]
    unit = field.json_schema_extra["unit"] if isinstance(field.json_schema_extra, dict) else ""
    return texts(
        st.text_input(
            f"{_FIELDS['values'].title} ({unit})" if unit else str(_FIELDS["values"].title),
            ", ".join(found) or FIRST_VALUES[vary],
            max_chars=600,
            key=f"{scope}.values.{vary}",
            help=f"{_FIELDS['values'].description}, each {parsing.bounds_text(vary)}. "
            f"{field.description}.",
        )
    )


def _targets(found: list[str], own: str) -> list[str]:
    return _several(
        "target",
        list(labels.names()),
        found or first_of(_FIRST_TARGETS, own, 3),
        accept_new_options=True,
    )


def _networks(found: list[str], own: str) -> list[str]:
    here = [network.name for network in catalog.available()]
    first = first_of(here, own, _FIRST_NETWORKS) if own in here else here[:_FIRST_NETWORKS]
    return _several(
        "network", here, found or first, format_func=lambda name: catalog.get(name).title
    )


def _several(vary: str, options: list[str], first: list[str], **more: Any) -> list[str]:
    """A choice of several; what an address names stands among the options in any case."""
    unknown = [value for value in first if value not in options]
    return st.multiselect(
        f"{title(vary)}s to try",
        [*unknown, *options],
        default=first,
        max_selections=MOST_CELLS,
        key=f"values.{vary}",
        help=f"{_FIELDS[vary].description}.",
        **more,
    )
