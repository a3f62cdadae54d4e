"""What the settings of every kind of run have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tfcore import catalog, classes
from tfcore.errors import UserError
from tfcore.fields import from_seed, knob
from tfcore.whatif import WhatIf

MOST_NETWORKS = 4


class RunSettings(BaseModel):
    """What the settings of every run can be asked; each kind of run adds its own fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    chosen: ClassVar[tuple[str, ...]] = ()
    """The fields that decide the defaults of all others: an address always tells them apart."""

    kind: str
    steps: Annotated[
        int,
        Field(
            title="Steps",
            ge=1,
            le=100_000,
            description="How often the picture is changed",
            json_schema_extra=knob(expert=False),
        ),
    ] = 256

    @property
    def needed_networks(self) -> tuple[str, ...]:
        """Every network that the run asks, each once; none where only files are looked at."""
        return ()

    @property
    def needed_weights(self) -> tuple[str, ...]:
        """Those of them whose pretrained weights have to be here."""
        return self.needed_networks

    @property
    def needs_tensorflow(self) -> bool:
        """Whether the run computes with TensorFlow, which takes seconds to load."""
        return bool(self.needed_networks)

    @property
    def needs_photo(self) -> bool:
        """Whether the run starts from a photo that has to come with it."""
        return False

    def completed(
        self, changes: Mapping[str, float], now: Mapping[str, Any]
    ) -> Mapping[str, float]:
        """Changes of a run that waits, and what follows from them.

        Args:
            changes: Steered by a person.
            now: The settings with all that was steered before.
        """
        return changes

    def plain(self) -> Self:
        """The defaults that this run would have, had only its ``chosen`` fields been given."""
        return type(self).model_validate({name: getattr(self, name) for name in self.chosen})

    def changed(self) -> dict[str, Any]:
        """The fields that differ from the defaults: what an address must carry."""
        base, first = self.plain(), type(self).model_fields
        return {
            name: value
            for name in first
            if (value := getattr(self, name))
            != (first[name].default if name in self.chosen else getattr(base, name))
        }


class PictureSettings(WhatIf, RunSettings):
    """Networks and seed of a run that changes pictures, and several of them at once."""

    network: Annotated[
        str,
        Field(
            title="Network",
            description="The pretrained network that is asked",
            json_schema_extra=knob(expert=False),
        ),
    ] = catalog.DEFAULT
    ensemble: Annotated[
        str,
        Field(
            title="Together with",
            max_length=200,
            description="More networks that the picture must convince at the same time, separated "
            "by commas: others then follow more often, and a step takes longer",
            json_schema_extra=knob(),
        ),
    ] = ""
    seed: Annotated[
        int,
        from_seed("Same seed, same picture: every random draw follows it", expert=False),
    ] = 0

    @field_validator("network")
    @classmethod
    def _known_network(cls, name: str) -> str:
        return catalog.get(name).name

    @field_validator("ensemble")
    @classmethod
    def _known_networks(cls, text: str) -> str:
        names = [catalog.get(name).name for name in text.split(",") if name.strip()]
        if len(names) >= MOST_NETWORKS:
            raise UserError(
                f"{len(names) + 1} networks", f"at most {MOST_NETWORKS}", "leave some out"
            )
        return ",".join(dict.fromkeys(names))

    def check_classes(self) -> None:
        """Refuse networks that are asked about one class and know different ones.

        Raises:
            UserError: One sentence that says what to mend.
        """
        names = (*self.networks, *self.needed_networks)
        if classes.are_shared(*names):
            return
        first, other = (
            catalog.get(name).title
            for name in (names[0], next(n for n in names if not classes.are_shared(names[0], n)))
        )
        raise UserError(
            f"{first} and {other}, which know different classes",
            "networks that tell the same classes apart",
            "choose one of them",
        )

    @property
    def networks(self) -> tuple[str, ...]:
        """The network and those of its ensemble, each once."""
        return tuple(dict.fromkeys([self.network, *filter(None, self.ensemble.split(","))]))

    @property
    def needed_networks(self) -> tuple[str, ...]:
        """Every network that the run asks, those of all its cells included, each once."""
        return tuple(dict.fromkeys(name for cell in self.cells() for name in cell.networks))

    @property
    def is_one_batch(self) -> bool:
        """Whether all cells share one compiled step: those of one network and one method do."""
        return self.vary not in ("network", "method")

    @property
    def wanted_class(self) -> int | None:
        """Index of the class that shall be seen; None when there is none."""
        raise NotImplementedError
