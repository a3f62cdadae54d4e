"""Widgets made from ``tfcore.settings``: titles, help and bounds are read from there."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from pages.components import session, words
from tfcore import parsing
from tfcore.events import Verb
from tfcore.settings import KINDS, RunSettings, SynthesizeSettings, steerable
from tfcore.store.records import Run

Kind = type[RunSettings]

SCALES: dict[str, tuple[float, ...]] = {
    "tv_weight": (
        0, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
    ),
    "learning_rate": (
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100,
    ),
    "loss_weight": (0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
    "epsilon": (0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 255),
    "step_size": (0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 255),
}  # fmt: skip
"""Values of the steering sliders: each about twice the one before, as such weights act."""

_LEARNING: dict[str, tuple[float, ...]] = {
    "learning_rate": (
        1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
    ),
    "dropout": (0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    "weight_decay": (0, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1),
}  # fmt: skip
_SCALES_OF = {"train": _LEARNING, "finetune": _LEARNING}
"""Values for kinds of run whose steps are of another size than those on pictures."""


def number(name: str, value: float, *, scope: str, of: Kind = SynthesizeSettings) -> float:
    """A number field within the setting's bounds.

    Args:
        name: The setting.
        value: What it shows first.
        scope: Part of the widget's key: another recipe has numbers of its own.
        of: Settings of the kind of run.
    """
    low, high, _ = parsing.bounds(name, of)
    field = of.model_fields[name]
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


def choice(name: str, value: str, *, scope: str, of: Kind = SynthesizeSettings) -> str:
    """One of a setting's few words."""
    field = of.model_fields[name]
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


def switch(name: str, value: bool, *, key: str, of: Kind) -> bool:
    """A setting that is on or off."""
    field = of.model_fields[name]
    return st.toggle(str(field.title), value, key=key, help=f"{field.description}.")


def sliders(of: Kind) -> list[str]:
    """The settings of a kind of run that have a slider: those that steer."""
    return [name for name in steerable(of) if name in scales(of)]


def scales(of: Kind) -> dict[str, tuple[float, ...]]:
    """The values of each slider of a kind of run.

    Example:
        >>> min(scales(SynthesizeSettings)["learning_rate"])
        0.001
    """
    return _SCALES_OF.get(str(of.model_fields["kind"].default), SCALES)


def weights(
    values: dict[str, Any], start: dict[str, Any], *, scope: str, of: Kind = SynthesizeSettings
) -> None:
    """The sliders of a run that is to come.

    Args:
        values: The form's values; the sliders' are added.
        start: What the sliders show first.
        scope: Part of the sliders' keys, as for ``number``.
        of: Settings of the kind of run.
    """
    for name in sliders(of):
        values[name] = slider(name, float(start[name]), key=f"{scope}.{name}", of=of)


def live(run: Run) -> None:
    """The same sliders on the picture that is growing now; each change leaves a mark."""
    current = dict(run.settings)
    for mark in session.link().store.marks(run.id):
        if mark.step <= run.step or mark.command > 0:
            current |= mark.changes
    with st.container(border=True, key="steering"):
        words.note(":material/bolt: While it runs — each change acts at once")
        for name in sliders(KINDS[run.kind]):
            if name == run.settings.get("vary"):
                continue  # each of its pictures or heads has a value of its own
            if run.settings.get("smallest") and name != "tv_weight":
                continue  # that is what it searches for
            key = f"live.{run.id}.{name}"
            # The first value stays the widget's own: another default would make another widget.
            first = float(st.session_state.setdefault(f"{key}.first", current[name]))
            steering: dict[str, Any] = {"on_change": _steer, "args": (run.id, name, key)}
            slider(name, first, key=key, of=KINDS[run.kind], **steering)


def slider(
    name: str, value: float, *, key: str, of: Kind = SynthesizeSettings, **callback: Any
) -> float:
    """A slider over a setting's scale; a value between two steps becomes a step of its own."""
    field = of.model_fields[name]
    unit = field.json_schema_extra["unit"] if isinstance(field.json_schema_extra, dict) else ""
    return float(
        st.select_slider(
            f"{field.title} ({unit})" if unit else str(field.title),
            sorted({*map(float, scales(of)[name]), value}),
            value=value,
            format_func=lambda number: f"{number:g}",
            key=key,
            help=f"{field.description}.",
            **callback,
        )
    )


def _steer(run: str, name: str, key: str) -> None:
    """Pass a moved slider on, once a move."""
    value, asked = float(st.session_state[key]), f"{key}.asked"
    if value != st.session_state.get(asked, st.session_state.get(f"{key}.first")):
        st.session_state[asked] = value
        session.command(run, Verb.STEER, {name: value})
