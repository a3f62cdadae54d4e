"""Fields that several kinds of runs share: weights that steer, and random views.

Each field's title, bounds, unit and help stand here once; forms and command line read them.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field


def knob(steer: bool = False, unit: str = "", expert: bool = True) -> dict[str, Any]:
    """What a form needs to know of a field beside its title, bounds and help.

    Args:
        steer: Whether it may change while a run goes on.
        unit: Shown behind the title.
        expert: Whether it is folded away at first.
    """
    return {"steer": steer, "unit": unit, "expert": expert}


def from_seed(description: str, *, expert: bool = True) -> Any:
    """The field of a seed: what random draws are keyed by has the same bounds everywhere.

    Args:
        description: What follows it.
        expert: Whether it is folded away at first.
    """
    return Field(
        title="Seed",
        ge=0,
        le=2**31 - 1,
        description=description,
        json_schema_extra=knob(expert=expert),
    )


def of_run(title: str, description: str) -> Any:
    """The field that names the run which this one goes on from, by its id."""
    return Field(
        title=title,
        pattern=r"^[0-9a-f]{12}$",
        description=description,
        json_schema_extra=knob(expert=False),
    )


class Weights(BaseModel):
    """How much each term of the loss counts, and how far a step goes. All of them steer."""

    tv_weight: Annotated[
        float,
        Field(
            title="Variation loss",
            ge=0,
            le=1,
            description="Weight of total variation: how much neighbouring pixels may differ. "
            "More turns noise into patterns, too much leaves a blur",
            json_schema_extra=knob(steer=True),
        ),
    ] = 0.0002
    learning_rate: Annotated[
        float,
        Field(
            title="Learning rate",
            gt=0,
            le=100,
            description="How far one step goes. Too small: slow; too large: it jumps about",
            json_schema_extra=knob(steer=True),
        ),
    ] = 0.3
    loss_weight: Annotated[
        float,
        Field(
            title="Loss weight",
            ge=0,
            le=1000,
            description="How much looking like the target counts against the other terms",
            json_schema_extra=knob(steer=True),
        ),
    ] = 1.0
    l2_weight: Annotated[
        float,
        Field(
            title="L2 weight",
            ge=0,
            le=10,
            description="Pulls every pixel towards gray: keeps contrast from running away",
            json_schema_extra=knob(steer=True),
        ),
    ] = 0.0


class Views(BaseModel):
    """Random views: what must survive them looks natural."""

    scale: Annotated[
        float,
        Field(
            title="Random zoom",
            ge=0,
            le=1,
            description="Each step looks at the picture from nearer, by up to this share, or from "
            "farther away: at 1 it is up to twice as large, or two thirds as large",
            json_schema_extra=knob(),
        ),
    ] = 0.8
    rotation: Annotated[
        float,
        Field(
            title="Random rotation",
            ge=0,
            le=180,
            description="Each step turns the picture by up to this angle",
            json_schema_extra=knob(unit="degrees"),
        ),
    ] = 17.0
    jitter: Annotated[
        int,
        Field(
            title="Random shift",
            ge=0,
            le=64,
            description="Each step shifts the picture by up to this many pixels",
            json_schema_extra=knob(unit="px"),
        ),
    ] = 16
    noise: Annotated[
        float,
        Field(
            title="Random noise",
            ge=0,
            le=0.5,
            description="Every second step or so sees the picture through noise: this much on "
            "average, up to twice as much",
            json_schema_extra=knob(),
        ),
    ] = 0.2
