"""Settings of a run that computes the features of a data set."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from tfcore import catalog, trained
from tfcore.errors import UserError
from tfcore.fields import from_seed, knob, of_run
from tfcore.settings.common import RunSettings


class ExtractSettings(RunSettings):
    """The features of every photo of a data set that was looked through.

    Example:
        >>> ExtractSettings(scan="0123456789ab").needed_networks
        ('efficientnet-lite0',)
    """

    chosen: ClassVar[tuple[str, ...]] = ("scan",)

    kind: Literal["extract"] = "extract"
    scan: Annotated[
        str,
        of_run("Data set", "The finished run that looked through the data set"),
    ]
    network: Annotated[
        str,
        Field(
            title="Network",
            description="The pretrained network that is asked",
            json_schema_extra=knob(expert=False),
        ),
    ] = catalog.DEFAULT
    layer: Annotated[
        str,
        Field(
            title="Layer",
            max_length=80,
            description="A layer whose activations are the features; empty for what the last "
            "layer reads",
            json_schema_extra=knob(),
        ),
    ] = ""
    pooling: Annotated[
        Literal["", "mean", "flat"],
        Field(
            title="Pooling",
            description="How a layer's maps become one row: mean of each map, or flat, all of them",
            json_schema_extra=knob(),
        ),
    ] = ""
    weights: Annotated[
        Literal["imagenet", "random"],
        Field(
            title="Weights",
            description="imagenet: pretrained; random: as before any training, to see what "
            "pretraining is worth",
            json_schema_extra=knob(),
        ),
    ] = "imagenet"
    precision: Annotated[
        Literal["float32", "bfloat16"],
        Field(
            title="Precision",
            description="What the network computes in. bfloat16 has fewer digits and is faster on "
            "processors made for it: that is measured first with photos of yours, and refused "
            "unless it gains at least a fifth and changes next to nothing",
            json_schema_extra=knob(),
        ),
    ] = "float32"
    seed: Annotated[
        int,
        from_seed("Of random weights: another seed, other weights"),
    ] = 0
    steps: Annotated[
        int,
        Field(
            title="Photos",
            ge=1,
            description="Photos there are; the data set tells",
            json_schema_extra=knob(),
        ),
    ] = 1

    @field_validator("network")
    @classmethod
    def _known_network(cls, name: str) -> str:
        return catalog.get(name).name

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if bool(self.layer) != bool(self.pooling):
            raise UserError(
                f'layer "{self.layer}" with pooling "{self.pooling}"',
                "both or neither",
                "choose mean or flat for a layer",
            )
        if self.weights == "random" and trained.is_head(self.network):
            raise UserError(
                "random weights of a network that was trained here",
                "those that it was trained to",
                "choose the network that it stands on",
            )
        if self.layer:
            catalog.get_layer(self.network, self.layer)
        return self

    @property
    def needed_networks(self) -> tuple[str, ...]:
        """See ``RunSettings``."""
        return (self.network,)

    @property
    def needed_weights(self) -> tuple[str, ...]:
        """See ``RunSettings``."""
        return self.needed_networks if self.weights == "imagenet" else ()

    @property
    def weights_seed(self) -> int | None:
        """Seed of random weights; None of pretrained ones."""
        return self.seed if self.weights == "random" else None
