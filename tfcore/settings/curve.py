"""Settings of a run that finds out how few photos are enough."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from tfcore.fields import from_seed, knob, of_run
from tfcore.settings.common import RunSettings
from tfcore.settings.hidden import layers
from tfcore.settings.train import TrainSettings


class CurveSettings(RunSettings):
    """Accuracy over the number of photos that a head is taught with. A step is one training.

    Example:
        >>> CurveSettings(extract="0123456789ab").training(3).seed
        3
    """

    chosen: ClassVar[tuple[str, ...]] = ("extract",)

    kind: Literal["curve"] = "curve"
    extract: Annotated[
        str,
        of_run("Features", "The finished run that computed the features of the photos to learn"),
    ]
    points: Annotated[
        int,
        Field(
            title="Sizes",
            ge=2,
            le=10,
            description="How many numbers of photos are tried, from one of each class to all",
            json_schema_extra=knob(expert=False),
        ),
    ] = 6
    seeds: Annotated[
        int,
        Field(
            title="Draws",
            ge=2,
            le=20,
            description="How often each number is tried, every time with other photos: by how much "
            "the results differ tells how much luck is in them",
            json_schema_extra=knob(expert=False),
        ),
    ] = 5
    hidden: Annotated[
        str,
        Field(
            title="Hidden layers",
            max_length=40,
            description="As when a head is trained; empty for a linear head",
            json_schema_extra=knob(),
        ),
    ] = ""
    epochs: Annotated[
        int,
        Field(
            title="Epochs",
            ge=1,
            le=1000,
            description="How often each training goes through its photos",
            json_schema_extra=knob(),
        ),
    ] = 100
    learning_rate: Annotated[
        float,
        Field(
            title="Learning rate",
            gt=0,
            le=100,
            description="How far a step goes, as when a head is trained",
            json_schema_extra=knob(),
        ),
    ] = 0.001
    validation: Annotated[
        float,
        Field(
            title="Share that is asked",
            gt=0,
            le=0.9,
            description="This share of the photos is never learned from: all trainings are asked "
            "about the same ones",
            json_schema_extra=knob(),
        ),
    ] = 0.2
    seed: Annotated[int, from_seed("Which photos are asked; the draws follow it too")] = 0
    steps: Annotated[
        int,
        Field(
            title="Trainings",
            ge=1,
            description="Trainings there are; sizes and draws tell",
            json_schema_extra=knob(),
        ),
    ] = 1

    @field_validator("hidden")
    @classmethod
    def _layers(cls, text: str) -> str:
        return layers(text)

    def training(self, seed: int) -> TrainSettings:
        """How one of the heads is taught."""
        return TrainSettings(
            extract=self.extract,
            hidden=self.hidden,
            steps=self.epochs,
            learning_rate=self.learning_rate,
            validation=self.validation,
            patience=0,
            seed=seed,
        )

    @property
    def needs_tensorflow(self) -> bool:
        """See ``RunSettings``."""
        return True
