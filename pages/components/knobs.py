"""Widgets made from ``tfcore.settings``: titles, help and bounds are read from there."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from pages.components import session, words
from tfcore import parsing
from tfcore.events import Verb
from tfcore.settings import SynthesizeSettings
from tfcore.store.records import Run

_FIELDS = SynthesizeSettings.model_fields

SCALES: dict[str, tuple[float, ...]] = {
    "tv_weight": (
        0, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
    ),
    "learning_rate": (
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
    ),
    "loss_weight": (0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
}  # fmt: skip
"""Values of the steering sliders: each about twice the one before, as such weights act."""


def number(name: str, value: float, *, scope: str) -> float:
    """A number field within the setting's bounds.

    Args:
        name: The setting.
        value: What it shows first.
        scope: Part of the widget's key: another recipe has numbers of its own.
    """
    low, high, _ = parsing.bounds(name)
    field = _FIELDS[name]
    kind: type[int] | type[float] = int if field.annotation is int else float
    unit = field.json_schema_extra["unit"] if isinstance(field.json_schema_extra, dict) else ""
    return kind(
        st.number_input(
            f"{field.title} ({unit})" if unit else str(field.title),
            min_value=kind(low),
            max_value=kind(high),
            value=kind(value),
            step=kind(1) if kind is int else None,
            format=None if kind is int else "%g",
            key=f"{scope}.{name}",
            help=f"{field.description}. From {low:g} to {high:g}.",
        )
    )


def choice(name: str, value: str, *, scope: str) -> str:
    """One of a setting's few words."""
    field = _FIELDS[name]
    options = [str(option) for option in get_args(field.annotation)]
    if name == "parametrization" and not scope.startswith("lesson"):
        options.remove("raw")
    return str(
        st.selectbox(
            str(field.title),
            options,
            index=options.index(value) if value in options else 0,
            key=f"{scope}.{name}",
            help=field.description,
        )
    )


def weights(values: dict[str, Any], start: dict[str, Any], *, scope: str) -> None:
    """The sliders of a run that is to come.

    Args:
        values: The form's values; the sliders' are added.
        start: What the sliders show first.
        scope: Part of the sliders' keys, as for ``number``.
    """
    for name in SCALES:
        values[name] = _slider(name, float(start[name]), key=f"{scope}.{name}")


def live(run: Run) -> None:
    """The same sliders on the picture that is growing now; each change leaves a mark."""
    current = dict(run.settings)
    for mark in session.link().store.marks(run.id):
        if mark.step <= run.step or mark.command > 0:
            current |= mark.changes
    with st.container(border=True, key="steering"):
        words.note(":material/bolt: While it grows — each change acts at once")
        for name in SCALES:
            if name == run.settings.get("vary"):
                continue  # each of its pictures has a value of its own
            key = f"live.{run.id}.{name}"
            # The first value stays the widget's own: another default would make another widget.
            first = float(st.session_state.setdefault(f"{key}.first", current[name]))
            _slider(name, first, key=key, on_change=_steer, args=(run.id, name, key))


def _slider(name: str, value: float, *, key: str, **callback: Any) -> float:
    return float(
        st.select_slider(
            str(_FIELDS[name].title),
            sorted({*map(float, SCALES[name]), value}),
            value=value,
            format_func=lambda number: f"{number:g}",
            key=key,
            help=f"{_FIELDS[name].description}.",
            **callback,
        )
    )


def _steer(run: str, name: str, key: str) -> None:
    """Pass a moved slider on, once a move."""
    value, asked = float(st.session_state[key]), f"{key}.asked"
    if value != st.session_state.get(asked, st.session_state.get(f"{key}.first")):
        st.session_state[asked] = value
        session.command(run, Verb.STEER, {name: value})
