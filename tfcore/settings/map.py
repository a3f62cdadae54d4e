"""Settings of a run that draws a map of a data set."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tfcore.fields import from_seed, knob, of_run
from tfcore.settings.common import RunSettings


class MapSettings(RunSettings):
    """A map by t-SNE of photos whose features were extracted.

    Example:
        >>> MapSettings(extract="0123456789ab").perplexity
        30.0
    """

    chosen: ClassVar[tuple[str, ...]] = ("extract",)

    kind: Literal["map"] = "map"
    extract: Annotated[
        str,
        of_run("Features", "The finished run that computed the features"),
    ]
    perplexity: Annotated[
        float,
        Field(
            title="Perplexity",
            ge=5,
            le=100,
            description="About how many neighbours each photo is held together with. Few: many "
            "small islands; many: a broad picture",
            json_schema_extra=knob(expert=False),
        ),
    ] = 30.0
    steps: Annotated[
        int,
        Field(
            title="Iterations",
            ge=250,
            le=2000,
            description="How often all photos are moved; in the first third groups find together",
            json_schema_extra=knob(),
        ),
    ] = 750
    most_photos: Annotated[
        int,
        Field(
            title="Photos at most",
            ge=10,
            le=20_000,
            description="Of more photos this many are drawn, in each class the same share",
            json_schema_extra=knob(),
        ),
    ] = 5_000
    seed: Annotated[
        int,
        from_seed("Same seed, same map; another may turn it, or place its islands elsewhere"),
    ] = 0
