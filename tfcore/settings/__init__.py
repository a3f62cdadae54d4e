"""Settings of every kind of run: bounds, units and help stand here once.

Forms and the command line read titles, bounds and help from these fields; pages, command line and
engine all build the same frozen object, so that a value out of bounds is refused in the same words
everywhere.

Example:
    >>> SynthesizeSettings(recipe="lesson-tv").tv_weight
    0.005
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag, TypeAdapter

from tfcore.settings.attack import AttackSettings
from tfcore.settings.common import PictureSettings, RunSettings
from tfcore.settings.curve import CurveSettings
from tfcore.settings.export import ExportSettings
from tfcore.settings.extract import ExtractSettings
from tfcore.settings.finetune import FineTuneSettings
from tfcore.settings.map import MapSettings
from tfcore.settings.scan import ScanSettings
from tfcore.settings.synthesize import SynthesizeSettings
from tfcore.settings.train import TrainSettings

__all__ = [
    "KINDS",
    "PICTURE_KINDS",
    "AnySettings",
    "AttackSettings",
    "CurveSettings",
    "ExportSettings",
    "ExtractSettings",
    "FineTuneSettings",
    "MapSettings",
    "PictureRun",
    "PictureSettings",
    "Recorded",
    "RunSettings",
    "ScanSettings",
    "SynthesizeSettings",
    "TrainSettings",
    "read",
    "read_picture",
    "steerable",
]

PictureRun = AttackSettings | SynthesizeSettings
"""Settings of the runs that change a picture."""

AnySettings = (
    PictureRun
    | ScanSettings
    | ExtractSettings
    | MapSettings
    | TrainSettings
    | CurveSettings
    | FineTuneSettings
    | ExportSettings
)


def _kind(values: Any) -> str:
    """A recipe of the first days names no kind: there was one."""
    if isinstance(values, RunSettings):
        return values.kind
    return str(values.get("kind", "synthesize")) if isinstance(values, dict) else ""


Recorded = Annotated[
    Annotated[SynthesizeSettings, Tag("synthesize")]
    | Annotated[AttackSettings, Tag("attack")]
    | Annotated[ScanSettings, Tag("scan")]
    | Annotated[ExtractSettings, Tag("extract")]
    | Annotated[MapSettings, Tag("map")]
    | Annotated[TrainSettings, Tag("train")]
    | Annotated[CurveSettings, Tag("curve")]
    | Annotated[FineTuneSettings, Tag("finetune")]
    | Annotated[ExportSettings, Tag("export")],
    Discriminator(_kind),
]
"""Settings of any kind, as a field of a model that is read from a file."""

_READER: TypeAdapter[AnySettings] = TypeAdapter(Recorded)

KINDS: dict[str, type[AnySettings]] = {
    "synthesize": SynthesizeSettings,
    "attack": AttackSettings,
    "scan": ScanSettings,
    "extract": ExtractSettings,
    "map": MapSettings,
    "train": TrainSettings,
    "curve": CurveSettings,
    "finetune": FineTuneSettings,
    "export": ExportSettings,
}
"""Kind of run to the class of its settings."""


PICTURE_KINDS = tuple(
    kind for kind, settings in KINDS.items() if issubclass(settings, PictureSettings)
)
"""The kinds of run that end in a picture."""


def read(values: Mapping[str, Any]) -> AnySettings:
    """Settings as they were recorded; ``parsing.parse`` is for what people give.

    Raises:
        pydantic.ValidationError: They are of no known kind, or out of bounds.
    """
    return _READER.validate_python(dict(values))


def read_picture(values: Mapping[str, Any]) -> PictureRun:
    """Settings of a run that changes a picture, as they were recorded.

    Raises:
        TypeError: They are of another kind of run.
        pydantic.ValidationError: They are of no known kind, or out of bounds.
    """
    settings = read(values)
    if not isinstance(settings, AttackSettings | SynthesizeSettings):
        raise TypeError(f"a run of kind {settings.kind} has no picture")
    return settings


def steerable(settings: type[RunSettings]) -> tuple[str, ...]:
    """The fields of a kind of run that may change while it goes on.

    Example:
        >>> steerable(AttackSettings)
        ('epsilon', 'step_size', 'tv_weight')
    """
    return tuple(
        name
        for name, field in settings.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra["steer"]
    )
