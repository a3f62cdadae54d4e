"""Settings of a run that writes a trained network to files for other programs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from tfcore import formats as table
from tfcore import trained
from tfcore.fields import knob, of_run
from tfcore.settings.common import RunSettings


class ExportSettings(RunSettings):
    """A trained network in the formats of other programs, each checked in a process of its own.

    Example:
        >>> ExportSettings(head="0123456789ab", formats="onnx,keras").formats
        'keras,onnx'
    """

    chosen: ClassVar[tuple[str, ...]] = ("head",)

    kind: Literal["export"] = "export"
    head: Annotated[
        str,
        of_run("Network", "The finished run that trained it"),
    ]
    formats: Annotated[
        str,
        Field(
            title="Formats",
            max_length=200,
            description=f"Separated by commas: {table.ALL}",
            json_schema_extra=knob(expert=False),
        ),
    ] = table.ALL
    photos: Annotated[
        int,
        Field(
            title="Photos to check on",
            ge=8,
            le=500,
            description="Every file must give these photos of the data set the same probabilities "
            "as the lab; as many others set the scales of int8",
            json_schema_extra=knob(),
        ),
    ] = 100
    steps: Annotated[
        int,
        Field(
            title="Files",
            ge=1,
            description="One for each format; the run itself counts them",
            json_schema_extra=knob(),
        ),
    ] = 1

    @field_validator("formats")
    @classmethod
    def _known_formats(cls, text: str) -> str:
        return ",".join(row.name for row in table.chosen(text))

    @property
    def network(self) -> str:
        """The trained network's name in the catalog."""
        return trained.name_of(self.head)

    @property
    def needed_networks(self) -> tuple[str, ...]:
        """See ``RunSettings``."""
        return (self.network,)
