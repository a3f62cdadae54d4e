"""Widgets made from ``tfcore.settings``: titles, help and bounds are read from there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

import streamlit as st

from pages.components import session, words
from tfcore import parsing
from tfcore.events import Verb
from tfcore.methods import STEERED, has_budget
from tfcore.settings import KINDS, AttackSettings, RunSettings, SynthesizeSettings, steerable
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


def choice(
    name: str,
    value: str,
    *,
    scope: str,
    of: Kind = SynthesizeSettings,
    leave_out: Sequence[str] = (),
) -> str:
    """One of a setting's few words.

    Args:
        name: The setting.
        value: What it shows first.
        scope: Part of the widget's key, as for ``number``.
        of: Settings of the kind of run.
        leave_out: Words that would be wrong here.
    """
    field = of.model_fields[name]
    options = [str(option) for option in get_args(field.annotation) if option not in leave_out]
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
    """The same sliders on the picture that is growing now; each change leaves a mark.

    They show what holds, also when it followed from another slider or was steered elsewhere.
    """
    # What is open is read first: a mark that comes in between is then among the marks below.
    is_asked = any(one.verb is Verb.STEER for one in session.link().store.open_commands(run.id))
    current = dict(run.settings)
    for mark in session.link().store.marks(run.id):
        if mark.step <= run.step or mark.command > 0:
            current |= mark.changes
    names = _moving(run)
    if not names:
        return
    with st.container(border=True, key="steering"):
        words.note(":material/bolt: While it runs — each change acts at once")
        for name in names:
            most = _longest_step(run, current) if name == "step_size" else math.inf
            shown = _shown(f"live.{run.id}.{name}", float(current[name]), most, is_asked=is_asked)
            slider(
                name,
                shown.first,
                key=shown.key,
                of=KINDS[run.kind],
                most=shown.most,
                on_change=_steer,
                args=(run.id, name),
            )


def _moving(run: Run) -> list[str]:
    """The settings of a live run that a slider can move, and that make a difference to it."""
    names = [name for name in sliders(KINDS[run.kind]) if name != run.settings.get("vary")]
    if run.settings.get("smallest"):
        return [name for name in names if name == "tv_weight"]  # the others are what it looks for
    if run.kind != "attack":
        return names
    cells = AttackSettings.model_validate(run.settings).cells()
    return [name for name in names if any(name in STEERED[cell.method] for cell in cells)]


def _longest_step(run: Run, current: Mapping[str, Any]) -> float:
    """How far a step may go: as far as the smallest budget of the pictures."""
    if run.kind != "attack":
        return math.inf
    cells = AttackSettings.model_validate(run.settings).cells()
    if run.settings["vary"] == "epsilon":
        return min(cell.epsilon for cell in cells)
    bound = any(has_budget(cell.method) for cell in cells)
    return float(current["epsilon"]) if bound else math.inf


class _Shown(NamedTuple):
    """A live slider: another one takes its place when what holds was not asked for with it.

    A widget that is given a new value instead would be asked for its old one by the next tick,
    which is on its way already, and that would count as a move of the person's.

    Attributes:
        place: Where it stands in the session's state.
        number: Of those that stood there.
        first: What it showed first.
        most: Where its scale ends.
        asked: What was asked for last; what it showed first before anything was.
    """

    place: str
    number: int
    first: float
    most: float
    asked: float

    @property
    def key(self) -> str:
        """The widget's own."""
        return f"{self.place}.{self.number}"


def _shown(place: str, held: float, most: float, *, is_asked: bool) -> _Shown:
    """The slider that shows what holds, unless something asked for is still on its way."""
    now: _Shown | None = st.session_state.get(place)
    if now is None or (not is_asked and (now.asked, now.most) != (held, most)):
        now = _Shown(place, now.number + 1 if now else 0, held, most, held)
        st.session_state[place] = now
    return now


def slider(
    name: str,
    value: float,
    *,
    key: str,
    of: Kind = SynthesizeSettings,
    most: float = math.inf,
    **callback: Any,
) -> float:
    """A slider over a setting's scale; a value between two steps becomes a step of its own.

    Args:
        name: The setting.
        value: What it shows first.
        key: The widget's key.
        of: Settings of the kind of run.
        most: Where its scale ends.
        callback: What is called when it was moved.
    """
    field = of.model_fields[name]
    unit = field.json_schema_extra["unit"] if isinstance(field.json_schema_extra, dict) else ""
    return float(
        st.select_slider(
            f"{field.title} ({unit})" if unit else str(field.title),
            sorted({*(step for step in map(float, scales(of)[name]) if step <= most), value}),
            format_func=lambda number: f"{number:g}",
            key=key,
            help=f"{field.description}.",
            value=value,
            **callback,
        )
    )


def _steer(run: str, name: str) -> None:
    """Pass a moved slider on, once a move."""
    place = f"live.{run}.{name}"
    shown: _Shown | None = st.session_state.get(place)
    if shown is None or shown.key not in st.session_state:
        return  # the page was left in the same moment
    value = float(st.session_state[shown.key])
    if value != shown.asked:
        st.session_state[place] = shown._replace(asked=value)
        session.command(run, Verb.STEER, {name: value})
