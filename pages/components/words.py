"""How states, figures and settings are said on every page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from tfcore import catalog, classes, markdown
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.methods import METHOD_TITLES
from tfcore.settings import KINDS
from tfcore.store.records import Run

Color = Literal["gray", "blue", "orange", "green", "red", "violet"]

STATES: dict[RunState, tuple[str, Color, str]] = {
    RunState.QUEUED: ("waiting", "gray", ":material/hourglass_empty:"),
    RunState.RUNNING: ("running", "blue", ":material/play_arrow:"),
    RunState.PAUSED: ("paused", "orange", ":material/pause:"),
    RunState.FINISHED: ("finished", "green", ":material/check:"),
    RunState.STOPPED: ("stopped", "violet", ":material/stop:"),
    RunState.FAILED: ("failed", "red", ":material/error:"),
    RunState.INTERRUPTED: ("interrupted", "orange", ":material/power_off:"),
}
"""Word, colour and icon of each state."""


_UNITS = {
    "scan": ("file", "files"),
    "extract": ("photo", "photos"),
    "train": ("epoch", "epochs"),
    "finetune": ("batch", "batches"),
    "curve": ("training", "trainings"),
}
_COUNTED = ("scan", "extract", "curve")
"""Kinds of run that find out themselves how many steps there are."""


def note(text: str) -> None:
    """A remark in small print; Streamlit's own caption is too pale for many eyes."""
    st.markdown(f":small[{text}]")


def plain(text: str) -> str:
    """Text of somebody else's, shown as it is: nothing in it becomes a link, a colour or a sign."""
    return markdown.escaped(text)


def inline(text: str) -> str:
    r"""The name of a class or a network within a sentence: as it is, and never a link or a colour.

    Example:
        >>> inline("crane (bird)"), inline("[here](x)")
        ('crane (bird)', '\\[here\\](x)')
    """
    return re.sub(r"([\\`*_\[\]#:<>|$~])", r"\\\1", text)


def progress(run: Run) -> str:
    """Step of steps, speed and time left, as far as they are known."""
    one, many = _UNITS.get(run.kind, ("step", "steps"))
    parts = [f"{one} **{run.step:,}** of {run.steps:,}"]
    if run.kind in _COUNTED and run.steps == 1 and not run.step:
        parts = [f"{many} not counted yet"]  # the run itself finds out how many there are
    if run.state is RunState.RUNNING and run.rate > 0 and not run.stage:
        parts.append(f"{run.rate:.0f} {many}/s" if run.rate >= 10 else f"{run.rate:.1f} {many}/s")
        if run.seconds_left is not None:
            parts.append(f"{seconds(run.seconds_left)} left")
    elif run.state in (RunState.FINISHED, RunState.STOPPED) and run.seconds:
        parts.append(f"took {seconds(run.seconds)}")
    return " · ".join(parts)


def seconds(value: float) -> str:
    """A span of time as a person says it."""
    if value < 10:
        return f"{value:.1f} s"
    if value < 100:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 6000 else f"{value / 3600:.1f} h"


def times(count: int) -> str:
    """How often, as a person says it.

    Example:
        >>> times(1), times(3)
        ('once', '3 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def percent(value: float) -> str:
    """A probability; small ones keep a digit that tells."""
    return f"{100 * value:.0f} %" if value >= 0.095 else f"{100 * value:.1g} %"


def unit(kind: str) -> str:
    """What a step of a kind of run is called.

    Example:
        >>> unit("train"), unit("attack")
        ('epoch', 'step')
    """
    return _UNITS.get(kind, ("step", "steps"))[0]


def setting_title(name: str) -> str:
    """What a setting is called on the page."""
    kinds = (kind.model_fields for kind in KINDS.values())
    return next((fields[name].title or name for fields in kinds if name in fields), name)


def way(run: Run) -> str:
    """By which recipe or method a run goes."""
    if run.kind == "attack":
        return method(str(run.settings["method"]))
    return str(run.settings["recipe"])


def method(name: str) -> str:
    """What a method of attack is called; anything else stays as it is."""
    return METHOD_TITLES.get(name, name)


def network_title(name: str) -> str:
    """A network's title; a record may be older than what was deleted since.

    Example:
        >>> network_title("vgg16"), network_title("head-000000000000")
        ('VGG16', 'a network that is gone')
    """
    try:
        return catalog.get(name).title
    except UserError:
        return "a network that is gone"


def network(name: str) -> str:
    """The same for Markdown."""
    return inline(network_title(name))


def class_name(network: str, index: int) -> str:
    """A class of a network by its name; of a network that is gone, its number.

    Args:
        network: A name of the catalog.
        index: Of its outputs.

    Example:
        >>> class_name("vgg16", 340), class_name("head-000000000000", 1)
        ('zebra', 'class 1')
    """
    try:
        return classes.of(network).name(index)
    except UserError:
        return f"class {index}"


def class_said(network: str, index: int) -> str:
    """The same for Markdown."""
    return inline(class_name(network, index))


def class_seen(network: str, pair: Sequence[float]) -> str:
    """A class index of a network and its probability, for Markdown."""
    index, probability = pair
    return f"{class_said(network, int(index))} {percent(probability)}"


def best_class(top5: Sequence[Mapping[str, Any]]) -> str:
    """The likeliest class of a verdict, for Markdown."""
    return f"{inline(top5[0]['name'])} {percent(top5[0]['probability'])}"


def changes(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """A steering mark, such as ``variation loss 0.0002 → 0.005``."""
    said = [
        f"{setting_title(name).lower()} {before[name]:g} → {value:g}"
        for name, value in after.items()
    ]
    if "epsilon" in after and "step_size" not in after:
        said.append("each picture's step size with it")
    return ", ".join(said)


def complain(error: UserError) -> None:
    """What was asked for and cannot be, and what to do instead."""
    text = f"{error.got[:1].upper()}{error.got[1:]} — expected {error.expected}. {error.fix}."
    st.error(text, icon=":material/error:")
