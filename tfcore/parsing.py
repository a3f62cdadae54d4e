"""From what a person typed to frozen settings, or one sentence that says what to mend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic import ValidationError

from tfcore.config import config
from tfcore.errors import UserError
from tfcore.settings import (
    KINDS,
    AnySettings,
    RunSettings,
    SynthesizeSettings,
    read,
    steerable,
)


def parse(values: Mapping[str, Any]) -> AnySettings:
    """Check ``values`` and fill the rest from the recipe or method.

    Args:
        values: Field names to values; strings from an address or a command line are converted.
            ``kind`` says which kind of run is meant.

    Raises:
        UserError: The first thing that is wrong, with the bound that was missed.

    Example:
        >>> parse({"target": "zebra"}).target
        'zebra'
    """
    kind = str(values.get("kind", "synthesize"))
    if kind not in KINDS:
        raise UserError(f'kind "{kind}"', "one of " + ", ".join(KINDS), "use synthesize")
    try:
        settings = KINDS[kind].model_validate(dict(values))
    except ValidationError as error:
        raise sentence(error, KINDS[kind]) from error
    most = config().max_steps
    if settings.steps > most:
        raise UserError(f"steps {settings.steps}", f"1 to {most}", f"choose at most {most}")
    return settings


def recorded(values: Mapping[str, Any]) -> AnySettings:
    """Settings as they were recorded, which fit no more when a network has gone since.

    Raises:
        UserError: In one sentence.
    """
    try:
        return read(values)
    except ValidationError as error:
        raise sentence(error, KINDS.get(str(values.get("kind", "")), SynthesizeSettings)) from error


def check_steering(
    changes: Mapping[str, Any], of: type[RunSettings] = SynthesizeSettings
) -> dict[str, float]:
    """Check the changes of a run that goes on against the same bounds.

    Args:
        changes: Field names to new values.
        of: Settings of that kind of run.

    Raises:
        UserError: A field that cannot be steered, or a value out of bounds.
    """
    checked: dict[str, float] = {}
    for name, value in changes.items():
        if name not in steerable(of):
            known = "one of " + ", ".join(steerable(of))
            raise UserError(f'"{name}"', known, "steer one of these")
        low, high, open_low = bounds(name, of)
        expected = bounds_text(name, of)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not low <= value <= high:  # NaN lies within no bounds
            raise UserError(f"{name} {value}", expected, f"choose {expected}")
        if open_low and value <= low:
            raise UserError(f"{name} {value}", expected, f"choose {expected}")
        checked[name] = float(value)
    return checked


def bounds(name: str, of: type[RunSettings] = SynthesizeSettings) -> tuple[float, float, bool]:
    """Lowest and highest value of a numeric field, and whether the lowest itself is excluded."""
    low, high, is_open = -math.inf, math.inf, False
    for rule in of.model_fields[name].metadata:
        if isinstance(rule, Ge):
            low = float(rule.ge)  # type: ignore[arg-type]
        elif isinstance(rule, Gt):
            low, is_open = float(rule.gt), True  # type: ignore[arg-type]
        elif isinstance(rule, Le):
            high = float(rule.le)  # type: ignore[arg-type]
        elif isinstance(rule, Lt):
            high = float(rule.lt)  # type: ignore[arg-type]
    return low, high, is_open


def bounds_text(name: str, of: type[RunSettings] = SynthesizeSettings) -> str:
    """The bounds of a field as a person reads them, such as ``0 to 1``."""
    low, high, is_open = bounds(name, of)
    return f"{'more than ' if is_open else ''}{low:.12g} to {high:.12g}"


def sentence(error: ValidationError, of: type[RunSettings] = SynthesizeSettings) -> UserError:
    """The first complaint of pydantic in this product's own words."""
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, UserError):
        return cause
    names = [str(part) for part in first["loc"] if isinstance(part, str)]
    name = names[-1] if names else "settings"
    if first["type"] == "missing":
        return UserError(f"no {name}", f"a value for {name}", f"give {name}")
    got = f"{name[:80]} {str(first['input'])[:80]!r}"
    if first["type"] == "extra_forbidden":
        return UserError(got, "only known settings", f"leave {name[:80]} out")
    if first["type"] == "literal_error":
        return UserError(got, str(first["ctx"]["expected"]), f"choose one of these for {name}")
    field = of.model_fields.get(name)
    if field is not None and any(isinstance(rule, Ge | Gt) for rule in field.metadata):
        kind = "a whole number, " if field.annotation is int else "a number, "
        return UserError(got, kind + bounds_text(name, of), f"choose {name} within these bounds")
    return UserError(got, first["msg"][:1].lower() + first["msg"][1:], f"change {name}")
