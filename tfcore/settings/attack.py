"""Settings of a run that fools a network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from tfcore import classes, methods
from tfcore.errors import UserError
from tfcore.fields import knob
from tfcore.settings.common import PictureSettings
from tfcore.whatif import VARY

Method = Literal["pgd", "fgsm", "mifgsm", "cw", "deepfool", "lesson"]
NormName = Literal["linf", "l2"]
Vary = Literal["", "epsilon", "method", "step_size", "tv_weight", "target", "network"]

_MOST_ROUNDS, _FEWEST_STEPS = 9, 50  # of Carlini and Wagner's search
_HALF_RANGE = 127
_SPREAD = 3  # of an L2 change most values lie within three times its size


class AttackSettings(PictureSettings):
    """One run that changes a photo until a network takes it for something else.

    A field that is not given takes the method's value. ``steer`` fields may change while the run
    goes on.

    Raises:
        pydantic.ValidationError: With the bound that was missed; ``parse`` turns it into one
            sentence.

    Example:
        >>> AttackSettings(target="zebra", epsilon=4).step_size
        1.0
    """

    chosen: ClassVar[tuple[str, ...]] = ("method", "network", "epsilon", "smallest")
    follows: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "method": ("step_size", "norm"),
        "epsilon": ("step_size",),
    }

    kind: Literal["attack"] = "attack"
    vary: Annotated[Vary, VARY] = ""
    photo: Annotated[
        str | None,
        Field(
            title="Photo",
            pattern=r"^[0-9a-f]{64}$",
            description="Digest of the photo that is attacked",
            json_schema_extra=knob(),
        ),
    ] = None
    source: Annotated[
        str,
        Field(
            title="It shows",
            max_length=200,
            description="The class that the photo really shows; left empty, whatever the network "
            "sees in it at first",
            json_schema_extra=knob(expert=False),
        ),
    ] = ""
    target: Annotated[
        str,
        Field(
            title="Take it for",
            max_length=200,
            description="The class that the network shall see, by name, part of a name or index",
            json_schema_extra=knob(expert=False),
        ),
    ] = "Siamese cat"
    untargeted: Annotated[
        bool,
        Field(
            title="Anything else will do",
            description="The network shall see anything but what the photo shows",
            json_schema_extra=knob(expert=False),
        ),
    ] = False
    method: Annotated[
        Method,
        Field(
            title="Method",
            description="How the change is found",
            json_schema_extra=knob(expert=False),
        ),
    ] = "pgd"
    norm: Annotated[
        NormName,
        Field(
            title="The budget limits",
            description="linf: the largest change of any one value; l2: the root of the mean "
            "square change of all values",
            json_schema_extra=knob(),
        ),
    ] = "linf"
    epsilon: Annotated[
        float,
        Field(
            title="Budget",
            gt=0,
            le=255,
            description="Epsilon: by how much of the 255 brightness levels the photo may change; "
            "what is below 4 hardly anybody sees",
            json_schema_extra=knob(steer=True, unit="n/255", expert=False),
        ),
    ] = 2.0
    step_size: Annotated[
        float,
        Field(
            title="Step size",
            gt=0,
            le=255,
            description="How far one step goes, in levels of 255; it keeps its share of a budget "
            "that is moved meanwhile. Of the lesson's method, what the gradient is multiplied by",
            json_schema_extra=knob(steer=True, unit="n/255"),
        ),
    ] = 0.5
    tv_weight: Annotated[
        float,
        Field(
            title="Variation loss",
            ge=0,
            le=1,
            description="Weight of the change's total variation: more makes the change smooth, and "
            "the network harder to fool",
            json_schema_extra=knob(steer=True),
        ),
    ] = 0.0
    random_start: Annotated[
        bool,
        Field(
            title="Random start",
            description="Whether PGD begins anywhere within the budget instead of at the photo",
            json_schema_extra=knob(),
        ),
    ] = True
    round_steps: Annotated[
        int,
        Field(
            title="Steps a round",
            ge=0,
            le=100_000,
            description="Of a method that searches in rounds; 0: the steps are shared evenly",
            json_schema_extra=knob(),
        ),
    ] = 0
    smallest: Annotated[
        bool,
        Field(
            title="Find the smallest budget",
            description="Try larger and smaller budgets until the least one that fools is known",
            json_schema_extra=knob(expert=False),
        ),
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _fill_from_method(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        method, epsilon = str(given.get("method", "pgd")), given.get("epsilon", 2.0)
        try:
            known = float(epsilon)
        except (TypeError, ValueError):
            known = math.nan
        # Whatever is wrong with it is said where the field itself is checked.
        budget = known if 0 < known <= 255 else 2.0
        searches = str(given.get("smallest", "")).lower() in ("true", "1")
        usual = classes.usual(str(given.get("network", "")), str(given.get("source", "")))
        return {**methods.defaults(method, budget, smallest=searches), "target": usual, **given}

    @field_validator("target", "source")
    @classmethod
    def _a_class(cls, text: str, info: ValidationInfo) -> str:
        network = info.data.get("network")  # nothing is said of a class when that is wrong
        if text and network:
            classes.of(network).find(text)
        return text

    @property
    def wanted_class(self) -> int | None:
        """See ``PictureSettings``: none when anything else will do."""
        return None if self.untargeted else classes.of(self.network).find(self.target).index

    @property
    def source_index(self) -> int | None:
        """Index of the class that the photo shows, where a person has told."""
        return classes.of(self.network).find(self.source).index if self.source else None

    @property
    def steps_a_round(self) -> int:
        """Steps of one round of a search; of any other method, all of them."""
        if self.round_steps:
            return self.round_steps
        rounds = 1
        if self.method == "cw":
            rounds = max(1, min(_MOST_ROUNDS, self.steps // _FEWEST_STEPS))
        elif self.smallest:
            rounds = methods.SEARCH_ROUNDS
        return max(1, self.steps // rounds)

    def completed(
        self, changes: Mapping[str, float], now: Mapping[str, Any]
    ) -> Mapping[str, float]:
        """See ``RunSettings``: a step size that nobody gives keeps its share of a new budget.

        Where cells have steps of their own, each follows when the run goes on.
        """
        is_one = self.vary not in ("method", "step_size") and methods.has_budget(self.method)
        if not is_one or "epsilon" not in changes or "step_size" in changes:
            return changes
        share = float(now["step_size"]) / float(now["epsilon"])
        return {**changes, "step_size": methods.step_of(share, changes["epsilon"])}

    @property
    def amplification(self) -> int:
        """By how much a change is enlarged while the run goes on: the same all along."""
        return self.amplification_at(self.epsilon)

    def amplification_at(self, epsilon: float) -> int:
        """By how much a change within a budget is enlarged to be seen: a power of two.

        It leaves room for twice the budget, as far as somebody may steer it.

        Example:
            >>> AttackSettings().amplification_at(2), AttackSettings(method="cw").amplification
            (16, 16)
        """
        if not methods.has_budget(self.method):
            return 16
        largest = epsilon * (1 if self.norm == "linf" else _SPREAD)
        room = _HALF_RANGE / (2 * largest)
        return max(1, min(64, 2 ** math.floor(math.log2(room)))) if room >= 1 else 1

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        budget = methods.has_budget(self.method)
        if budget and self.step_size > self.epsilon:
            raise UserError(
                f"step size {self.step_size:g} with epsilon {self.epsilon:g}",
                "a step no longer than the budget",
                f"choose a step size of at most {self.epsilon:g}",
            )
        if self.method == "cw" and self.norm != "l2":
            raise UserError(
                'norm "linf" with method "cw"',
                "l2, which Carlini and Wagner's attack makes as small as it can",
                "choose norm l2, or method pgd",
            )
        if self.smallest and (not budget or self.vary):
            raise UserError(
                f"the smallest budget with {'a what-if' if self.vary else self.method}",
                "one of " + ", ".join(methods.STEP_SHARES) + ", and one picture",
                "choose method pgd and no what-if",
            )
        if not self.untargeted and self.source_index == self.wanted_class:
            raise UserError(
                f'target "{self.target}" for a photo of the same',
                "a class that the photo does not show",
                "choose another target, or let anything else do",
            )
        self.check_classes()  # and with it that every cell is as valid as a run of its own
        return self

    @property
    def needs_photo(self) -> bool:
        """See ``RunSettings``."""
        return True
