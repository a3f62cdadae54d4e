"""Settings of a run that grows an ideal image."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from tfcore import catalog, targets
from tfcore.errors import UserError
from tfcore.fields import Views, Weights, knob
from tfcore.octaves import Octaves
from tfcore.recipes import defaults
from tfcore.settings.common import PictureSettings
from tfcore.whatif import VARY

Recipe = Literal["natural", "maco", "deepdream", "lesson-tv", "lesson"]
Start = Literal["noise", "gray", "photo"]
Parametrization = Literal["fourier", "maco", "pixels", "raw"]
Objective = Literal["combined", "logit", "cross-entropy"]
Optimizer = Literal["adam", "momentum", "gradient-descent"]
Vary = Literal[
    "",
    "tv_weight",
    "learning_rate",
    "loss_weight",
    "l2_weight",
    "scale",
    "rotation",
    "jitter",
    "noise",
    "target",
    "network",
]


class SynthesizeSettings(Weights, Views, Octaves, PictureSettings):
    """One run that grows an ideal image: the input that most excites a class or a channel.

    A field that is not given takes the recipe's value. ``steer`` fields may change while the run
    goes on.

    Raises:
        pydantic.ValidationError: With the bound that was missed; ``parse`` turns it into one
            sentence.
    """

    chosen: ClassVar[tuple[str, ...]] = ("recipe", "network")

    kind: Literal["synthesize"] = "synthesize"
    vary: Annotated[Vary, VARY] = ""
    target: Annotated[
        str,
        Field(
            title="Target",
            max_length=200,
            description="A class by name, part of a name or index, a layer's channel such as "
            "block4a_expand_relu:7 (add @center for one unit, leave :7 out for the whole layer), "
            "or a sum or difference such as zebra + goldfish",
            json_schema_extra=knob(expert=False),
        ),
    ] = "Siamese cat"
    recipe: Annotated[
        Recipe,
        Field(
            title="Recipe",
            description="A set of settings that belong together",
            json_schema_extra=knob(expert=False),
        ),
    ] = "natural"
    start: Annotated[
        Start,
        Field(
            title="Start",
            description="What the picture is before the first step",
            json_schema_extra=knob(expert=False),
        ),
    ] = "noise"
    photo: Annotated[
        str | None,
        Field(
            title="Photo",
            pattern=r"^[0-9a-f]{64}$",
            description="Digest of the photo to start from",
            json_schema_extra=knob(),
        ),
    ] = None
    parametrization: Annotated[
        Parametrization,
        Field(
            title="What is optimised",
            description="fourier: waves with decorrelated colours; maco: the phases of waves as "
            "strong as in photos; pixels: each pixel from 0 to 1; "
            "raw: the lesson's unbounded values without preprocessing",
            json_schema_extra=knob(),
        ),
    ] = "fourier"
    objective: Annotated[
        Objective,
        Field(
            title="Objective",
            description="logit: raise the target's score; cross-entropy: raise its probability "
            "against all other classes; combined: both, the second three times. A channel's "
            "activation is raised in any case",
            json_schema_extra=knob(),
        ),
    ] = "combined"
    optimizer: Annotated[
        Optimizer,
        Field(
            title="Optimizer",
            description="How a gradient becomes a step",
            json_schema_extra=knob(),
        ),
    ] = "adam"

    @model_validator(mode="before")
    @classmethod
    def _fill_from_recipe(cls, given: Any) -> Any:
        if isinstance(given, dict):
            recipe, network = given.get("recipe", "natural"), given.get("network", catalog.DEFAULT)
            return {**defaults(str(recipe), str(network)), **given}
        return given

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        is_class = self.wanted_class is not None
        self.check_dream(is_class=is_class)
        if self.parametrization == "raw" and not self.recipe.startswith("lesson"):
            raise UserError(
                f'parametrization "raw" with recipe "{self.recipe}"',
                "raw only in the lesson's recipes",
                "choose pixels, or recipe lesson-tv",
            )
        if not is_class and len(self.networks) > 1:
            raise UserError(
                f"{self.target} in several networks",
                "a class, because each network has layers and channels of its own",
                "choose a class, or one network",
            )
        if not is_class and self.objective == "cross-entropy":
            raise UserError(
                f'objective "cross-entropy" for {self.target}',
                'objective "logit", because a channel has no probability',
                'choose objective "logit"',
            )
        if self.parametrization == "maco" and self.start == "gray":
            raise UserError(
                'start "gray" with parametrization "maco"',
                "noise or a photo, because its waves are never flat",
                "start from noise",
            )
        if (self.start == "photo") != (self.photo is not None):
            raise UserError(
                f'start "{self.start}" {"without" if self.photo is None else "with"} a photo',
                "a photo exactly when the start is a photo",
                "add a photo or start from noise",
            )
        self.check_classes()  # and with it that every cell is as valid as a run of its own
        if len({_kind_of_target(cell) for cell in self.cells()}) > 1:
            raise UserError(
                "targets of different kinds",
                "classes alone, or channels of one layer",
                "try targets of one kind",
            )
        return self

    @property
    def wanted_class(self) -> int | None:
        """See ``PictureSettings``: the first one of the target."""
        return targets.resolve(self.target, self.network).class_index

    @property
    def needs_photo(self) -> bool:
        """See ``RunSettings``."""
        return self.start == "photo"

    def plain(self) -> SynthesizeSettings:
        """See ``RunSettings``: the recipe as it suits the network."""
        return SynthesizeSettings(recipe=self.recipe, network=self.network)


def _kind_of_target(settings: SynthesizeSettings) -> tuple[str, ...]:
    return targets.kind(targets.resolve(settings.target, settings.network).terms[0][0])
