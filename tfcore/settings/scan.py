"""Settings of a run that looks through a data set."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from tfcore.errors import UserError
from tfcore.fields import knob
from tfcore.settings.common import RunSettings

LABELLINGS: dict[str, tuple[str, ...]] = {
    "cats-vs-dogs": ("folders",),
    "oxford-pets": ("breeds", "cat-or-dog"),
}
"""How the classes of a data set of this name can be told; the first is its own way."""


class ScanSettings(RunSettings):
    """One look through a data set: every file is decoded, counted, or set aside with a reason.

    Example:
        >>> ScanSettings(data="textures").labelling
        'folders'
    """

    chosen: ClassVar[tuple[str, ...]] = ("data",)

    kind: Literal["scan"] = "scan"
    data: Annotated[
        str,
        Field(
            title="Data set",
            min_length=1,
            max_length=1000,
            description="A folder with one sub-folder a class, an installed set (textures, "
            "digits, faces), or one that is downloaded: cats-vs-dogs, oxford-pets",
            json_schema_extra=knob(expert=False),
        ),
    ] = "textures"
    labelling: Annotated[
        Literal["folders", "breeds", "cat-or-dog"],
        Field(
            title="Classes",
            description="How a photo's class is told. folders: by its sub-folder; breeds and "
            "cat-or-dog: by the file names of the Oxford-IIIT Pet set",
            json_schema_extra=knob(expert=False),
        ),
    ] = "folders"
    steps: Annotated[
        int,
        Field(
            title="Files",
            ge=1,
            description="Files there are; the scan itself finds out",
            json_schema_extra=knob(),
        ),
    ] = 1

    @model_validator(mode="before")
    @classmethod
    def _own_way(cls, values: Any) -> Any:
        """A data set of a known name tells its classes in its own way unless another is given."""
        if isinstance(values, dict) and values.get("labelling") is None:
            ways = LABELLINGS.get(str(values.get("data")))
            if ways:
                return {**values, "labelling": ways[0]}
        return values

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ways = LABELLINGS.get(self.data, (self.labelling,))
        if self.labelling not in ways:
            raise UserError(
                f'classes by "{self.labelling}" of {self.data}', " or ".join(ways), "choose that"
            )
        return self
