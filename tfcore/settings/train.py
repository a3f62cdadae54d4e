"""Settings of a run that trains a head on features."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from tfcore.fields import from_seed, knob, of_run
from tfcore.settings.common import RunSettings
from tfcore.settings.hidden import layers
from tfcore.whatif import VARY, WhatIf

Optimizer = Literal["adam", "sgd", "momentum", "adagrad", "rmsprop"]
Scaling = Literal["standard", "unit", "none"]
Initializer = Literal["glorot", "he", "gaussian", "uniform"]
Schedule = Literal["constant", "exponential", "cosine"]
Vary = Literal[
    "",
    "hidden",
    "dropout",
    "batch_norm",
    "scaling",
    "initializer",
    "optimizer",
    "learning_rate",
    "weight_decay",
    "clip_norm",
    "schedule",
    "decay",
    "batch_size",
    "class_weights",
    "averaging",
    "seed",
]


class TrainSettings(WhatIf, RunSettings):
    """A head that is taught classes from the features of photos. A step is an epoch.

    Example:
        >>> TrainSettings(extract="0123456789ab", hidden="256x64").units
        (256, 64)
    """

    chosen: ClassVar[tuple[str, ...]] = ("extract",)

    kind: Literal["train"] = "train"
    vary: Annotated[Vary, VARY] = ""
    extract: Annotated[
        str,
        of_run("Features", "The finished run that computed the features of the photos to learn"),
    ]
    test: Annotated[
        str,
        Field(
            title="Test photos",
            pattern=r"^([0-9a-f]{12})?$",
            description="The finished run that computed the features of photos which training "
            "never sees: they are asked once, at the end. Empty for none",
            json_schema_extra=knob(expert=False),
        ),
    ] = ""
    hidden: Annotated[
        str,
        Field(
            title="Hidden layers",
            max_length=40,
            description="Empty for a linear head, which weighs each feature once for each class; "
            "256 or 256x64 puts layers of so many neurons between, which can combine features and "
            "need more photos",
            json_schema_extra=knob(expert=False),
        ),
    ] = ""
    optimizer: Annotated[
        Optimizer,
        Field(
            title="Optimizer",
            description="How a step follows from the gradient. sgd: straight downhill; momentum: "
            "like a ball that keeps rolling; adagrad and rmsprop: smaller steps for weights that "
            "moved much; adam: both ideas together",
            json_schema_extra=knob(expert=False),
        ),
    ] = "adam"
    learning_rate: Annotated[
        float,
        Field(
            title="Learning rate",
            gt=0,
            le=100,
            description="How far a step goes. Too small: slow; too large: the loss jumps or "
            "explodes. sgd wants about a hundred times what adam wants",
            json_schema_extra=knob(steer=True, expert=False),
        ),
    ] = 0.001
    steps: Annotated[
        int,
        Field(
            title="Epochs",
            ge=1,
            le=10_000,
            description="How often all training photos are gone through. The epoch with the lowest "
            "validation loss is kept, so more of them do no harm",
            json_schema_extra=knob(expert=False),
        ),
    ] = 100
    batch_size: Annotated[
        int,
        Field(
            title="Batch size",
            ge=1,
            le=8192,
            description="Photos that a step averages over. Small: many noisy steps; large: few "
            "smooth ones; more than there are means all at once",
            json_schema_extra=knob(),
        ),
    ] = 64
    dropout: Annotated[
        float,
        Field(
            title="Dropout",
            ge=0,
            le=0.95,
            description="This share of the inputs of each layer behind the first (of a linear "
            "head: of the features) is blanked at random in each step, so that nothing relies on "
            "one neuron alone",
            json_schema_extra=knob(steer=True),
        ),
    ] = 0.0
    weight_decay: Annotated[
        float,
        Field(
            title="Weight decay",
            ge=0,
            le=10,
            description="Each step shrinks the weights by this much times the learning rate: "
            "large weights must be worth it, which holds against learning by heart",
            json_schema_extra=knob(steer=True),
        ),
    ] = 0.01
    patience: Annotated[
        int,
        Field(
            title="Early stopping",
            ge=0,
            le=10_000,
            description="Ends the run when the validation loss has not fallen for so many epochs: "
            "from there on a head mostly learns by heart. 0 never ends early",
            json_schema_extra=knob(unit="epochs"),
        ),
    ] = 20
    validation: Annotated[
        float,
        Field(
            title="Validation share",
            gt=0,
            le=0.9,
            description="This share of the photos is not learned from but used to check. A "
            "photo's side follows from its own bytes and the seed, so copies never straddle",
            json_schema_extra=knob(),
        ),
    ] = 0.2
    scaling: Annotated[
        Scaling,
        Field(
            title="Input scaling",
            description="standard: each feature has mean 0 and deviation 1 over the training "
            "photos, so that none is louder than others; unit: each lies between 0 and 1; none: "
            "as the network gives them",
            json_schema_extra=knob(),
        ),
    ] = "standard"
    initializer: Annotated[
        Initializer,
        Field(
            title="First weights",
            description="Where hidden layers begin. glorot and he draw their weights so that "
            "signals keep their strength from layer to layer; gaussian and uniform draw them all "
            "from one small range. The last layer, a linear head's only one, begins at 0",
            json_schema_extra=knob(),
        ),
    ] = "glorot"
    batch_norm: Annotated[
        bool,
        Field(
            title="Batch normalization",
            description="Brings what each hidden layer gives to mean 0 and deviation 1 over the "
            "batch, so that layers need not chase one another. A linear head has none",
            json_schema_extra=knob(),
        ),
    ] = False
    clip_norm: Annotated[
        float,
        Field(
            title="Gradient clipping",
            ge=0,
            le=1000,
            description="A gradient longer than this is shortened to it (try 1 or 10): one odd "
            "batch cannot throw the weights far away. 0 leaves gradients alone",
            json_schema_extra=knob(),
        ),
    ] = 0.0
    schedule: Annotated[
        Schedule,
        Field(
            title="Schedule",
            description="constant: one learning rate throughout; exponential: times the decay "
            "after each epoch; cosine: falls in a smooth arc to 0 at the last epoch",
            json_schema_extra=knob(),
        ),
    ] = "constant"
    decay: Annotated[
        float,
        Field(
            title="Decay",
            gt=0,
            le=1,
            description="What the exponential schedule multiplies the learning rate by after each "
            "epoch: big steps first, small ones near the goal",
            json_schema_extra=knob(),
        ),
    ] = 0.98
    class_weights: Annotated[
        bool,
        Field(
            title="Class weights",
            description="Photos of rare classes count more, so that all classes weigh the same "
            "together; else a head may do well by guessing the largest one",
            json_schema_extra=knob(),
        ),
    ] = True
    averaging: Annotated[
        bool,
        Field(
            title="Average weights",
            description="Judges and keeps a running average of the last weights instead of the "
            "very last: steps that jump to and fro cancel out",
            json_schema_extra=knob(),
        ),
    ] = False
    seed: Annotated[
        int,
        from_seed("Same seed, same head: first weights, order, dropout and sides follow it"),
    ] = 0
    planned: Annotated[
        int,
        Field(
            title="Epochs of the schedule",
            ge=0,
            le=10_000,
            description="Over how many epochs the cosine falls; 0 for all of the run's. A recipe "
            "of a run that was stopped carries it",
            json_schema_extra=knob(),
        ),
    ] = 0

    @field_validator("hidden")
    @classmethod
    def _layers(cls, text: str) -> str:
        return layers(text)

    @model_validator(mode="after")
    def _cells_are_right(self) -> Self:
        self.cells()
        return self

    @property
    def units(self) -> tuple[int, ...]:
        """Neurons of each hidden layer; none of a linear head."""
        return tuple(int(word) for word in self.hidden.split(",") if word)

    @property
    def whole(self) -> int:
        """Epochs over which the schedule is laid out."""
        return self.planned or self.steps

    @property
    def needs_tensorflow(self) -> bool:
        """See ``RunSettings``."""
        return True
