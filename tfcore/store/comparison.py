"""Two runs beside each other: which settings differ, and which pictures belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from tfcore.settings import KINDS
from tfcore.store.records import Run


@dataclass(frozen=True)
class Difference:
    """One setting that two runs do not share.

    Attributes:
        name: The setting's name in the settings object.
        title: What people call it.
        unit: Its unit, empty when it has none.
        left: Value of the first run.
        right: Value of the second run.
    """

    name: str
    title: str
    unit: str
    left: Any
    right: Any


def differences(left: Run, right: Run) -> list[Difference]:
    """Name the settings in which two runs differ; what only experts set comes last.

    A run that was recorded before a setting existed counts as having its default; a setting that
    exists no more is named by its bare name.

    Example:
        >>> [d.title for d in differences(cat, zebra)]  # doctest: +SKIP
        ['Target']
    """
    fields = {**_fields(right), **_fields(left)}
    names = sorted(fields, key=lambda name: bool(_extra(fields[name]).get("expert", False)))
    return [
        Difference(
            name,
            (fields[name].title if name in fields else None) or name,
            str(_extra(fields.get(name)).get("unit", "")),
            before,
            after,
        )
        for name in dict.fromkeys([*names, *left.settings, *right.settings])
        if (before := _value(left, name)) != (after := _value(right, name))
    ]


def step_at(steps: Sequence[int], share: float) -> int | None:
    """The recorded step nearest to a share of the way, so that runs of any length keep pace.

    Args:
        steps: Steps of which there is a picture, rising.
        share: From 0, the first picture, to 1, the last.

    Returns:
        A member of ``steps``, of two equally near ones the earlier; None when there is none.

    Example:
        >>> step_at([1, 50, 100], 0.6), step_at([1, 500, 1000], 0.6)
        (50, 500)
    """
    if not steps:
        return None
    wanted = steps[0] + min(1.0, max(0.0, share)) * (steps[-1] - steps[0])
    return min(steps, key=lambda step: abs(step - wanted))


def best_partner(run: Run, others: Iterable[Run]) -> Run | None:
    """The run that teaches most beside ``run``: the same target with few settings changed.

    Runs that share every setting come last: they are the same picture. Among equals the first of
    ``others`` is taken.

    Returns:
        One of ``others``, or None when there is no other run.
    """
    candidates = [other for other in others if other.id != run.id]

    def strangeness(other: Run) -> tuple[bool, bool, int]:
        names = {difference.name for difference in differences(run, other)}
        return not names, "target" in names, len(names)

    return min(candidates, key=strangeness, default=None)


def _value(run: Run, name: str) -> Any:
    field = _fields(run).get(name)
    return run.settings.get(name, None if field is None else field.get_default())


def _fields(run: Run) -> Mapping[str, FieldInfo]:
    """The settings of a run's kind; none of a kind that exists no more."""
    return KINDS[run.kind].model_fields if run.kind in KINDS else {}


def _extra(field: FieldInfo | None) -> Mapping[str, Any]:
    """What the settings say of a field beyond its bounds."""
    extra = field.json_schema_extra if field is not None else None
    return extra if isinstance(extra, dict) else {}
