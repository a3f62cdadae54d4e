"""Settings of a run that goes on training a head together with the network below it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tfcore import catalog, trained
from tfcore.fields import from_seed, knob, of_run
from tfcore.settings.common import RunSettings
from tfcore.trained import About


class FineTuneSettings(RunSettings):
    """Training of a head and the last blocks of its network, from photos.

    Example:
        >>> FineTuneSettings(head="0123456789ab").guard
        True
    """

    chosen: ClassVar[tuple[str, ...]] = ("head",)

    kind: Literal["finetune"] = "finetune"
    head: Annotated[
        str,
        of_run("Head", "The finished run that trained the head to begin with"),
    ]
    blocks: Annotated[
        int,
        Field(
            title="Blocks to train",
            ge=0,
            le=200,
            description="How many of the network's last blocks learn together with the head. "
            "0 leaves the network as it is: the head alone learns, from photos instead of features",
            json_schema_extra=knob(expert=False),
        ),
    ] = 2
    guard: Annotated[
        bool,
        Field(
            title="Guard",
            description="Watches the photos that are kept for validation: when they are told worse "
            "than before, the best weights come back and the rate is lowered",
            json_schema_extra=knob(expert=False),
        ),
    ] = True
    steps: Annotated[
        int,
        Field(
            title="Epochs",
            ge=1,
            le=500,
            description="How often every photo is learned from",
            json_schema_extra=knob(expert=False),
        ),
    ] = 10
    learning_rate: Annotated[
        float,
        Field(
            title="Learning rate",
            gt=0,
            le=1,
            description="How far one batch moves the weights. Pretrained weights want small steps: "
            "large ones wipe out what they know",
            json_schema_extra=knob(steer=True),
        ),
    ] = 1e-4
    warm_up: Annotated[
        float,
        Field(
            title="Warm-up",
            ge=0,
            le=50,
            description="The rate grows from almost nothing to its full size in so many epochs",
            json_schema_extra=knob(unit="epochs"),
        ),
    ] = 1.0
    schedule: Annotated[
        Literal["cosine", "constant"],
        Field(
            title="Schedule",
            description="cosine: after the warm-up the rate falls to almost nothing in a smooth "
            "curve; constant: it stays",
            json_schema_extra=knob(),
        ),
    ] = "cosine"
    fresh_head: Annotated[
        bool,
        Field(
            title="Begin with a new head",
            description="The head forgets what it has learned and begins with random weights, as "
            "in the lesson",
            json_schema_extra=knob(),
        ),
    ] = False
    flip: Annotated[
        bool,
        Field(
            title="Mirror",
            description="Half of the photos are mirrored left to right, others each time",
            json_schema_extra=knob(),
        ),
    ] = True
    crop: Annotated[
        float,
        Field(
            title="Random crop",
            ge=0,
            le=0.8,
            description="Up to this share of a photo's side is cut off, elsewhere each time",
            json_schema_extra=knob(),
        ),
    ] = 0.2
    rotation: Annotated[
        float,
        Field(
            title="Random turn",
            ge=0,
            le=180,
            description="Photos are turned by up to this angle, either way",
            json_schema_extra=knob(unit="degrees"),
        ),
    ] = 10.0
    colour: Annotated[
        float,
        Field(
            title="Random colour",
            ge=0,
            le=1,
            description="Brightness, contrast and saturation change by up to this share",
            json_schema_extra=knob(),
        ),
    ] = 0.2
    patience: Annotated[
        int,
        Field(
            title="Patience",
            ge=0,
            le=500,
            description="Training ends after so many epochs without a better one; 0 never ends "
            "it early",
            json_schema_extra=knob(unit="epochs"),
        ),
    ] = 5
    batch_size: Annotated[
        int,
        Field(
            title="Batch size",
            ge=1,
            le=256,
            description="Photos that one step learns from",
            json_schema_extra=knob(),
        ),
    ] = 32
    weight_decay: Annotated[
        float,
        Field(
            title="Weight decay",
            ge=0,
            le=1,
            description="Pulls weights towards 0 a little at each step, so that none grows large "
            "for the sake of a few photos",
            json_schema_extra=knob(),
        ),
    ] = 1e-4
    smoothing: Annotated[
        float,
        Field(
            title="Label smoothing",
            ge=0,
            le=0.5,
            description="The head is taught to leave this share of its certainty to all classes "
            "together, so that it does not become too sure of photos that it knows by heart",
            json_schema_extra=knob(),
        ),
    ] = 0.0
    seed: Annotated[
        int,
        from_seed("Order of the photos and all that is random about them"),
    ] = 0

    @property
    def about(self) -> About:
        """What the head is that this begins with.

        Raises:
            UnknownName: It is not on this machine.
        """
        return trained.about(trained.name_of(self.head))

    @property
    def scope(self) -> str:
        """What learns, and that nobody watches, in a few words.

        Example:
            >>> FineTuneSettings(head="0" * 12, blocks=1, guard=False).scope
            'last block, no guard'
        """
        part = {0: "head from photos", 1: "last block"}.get(
            self.blocks, f"last {self.blocks} blocks"
        )
        return part if self.guard else f"{part}, no guard"

    @property
    def augments(self) -> bool:
        """Whether photos look different each time."""
        return self.flip or self.crop > 0 or self.rotation > 0 or self.colour > 0

    @property
    def needed_networks(self) -> tuple[str, ...]:
        """See ``RunSettings``.

        Raises:
            UnknownName: The head is not on this machine.
        """
        return (catalog.get(self.about.network).name,)

    @property
    def needed_weights(self) -> tuple[str, ...]:
        """See ``RunSettings``."""
        return self.needed_networks if self.about.weights_seed is None else ()
