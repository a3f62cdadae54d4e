"""Settings of a run that looks through a data set."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tfcore.fields import knob
from tfcore.settings.common import RunSettings


class ScanSettings(RunSettings):
    """One look through a data set: every file is decoded, counted, or set aside with a reason.

    Example:
        >>> ScanSettings(data="textures").labelling
        'folders'
    """

    kind: Literal["scan"] = "scan"
    data: Annotated[
        str,
        Field(
            title="Data set",
            min_length=1,
            max_length=1000,
            description="A folder with one sub-folder a class, or an installed set: textures, "
            "digits, faces",
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
