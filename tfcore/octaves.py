"""Octaves: a dream is worked on at growing sizes, coarse shapes first and fine ones last.

Pure numbers, without TensorFlow: forms, admission and the dream itself ask here for the sizes.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from tfcore import catalog
from tfcore.errors import UserError
from tfcore.fields import knob

DREAM = "deepdream"
"""The recipe whose pictures grow over octaves."""

SIDE = 448
"""Height and width of a finished dream in pixels, whatever size the network was trained on."""

GRID = 32
"""Sizes are multiples of it: each of a network's five halvings then leaves whole positions."""

SMALLEST = 96
"""The smallest octave in pixels: in less, layers deep in a network see nothing but edges."""

_ONLY: dict[str, Any] = {
    "parametrization": "pixels",
    "optimizer": "gradient-descent",
    "ensemble": "",
    "vary": "",
    "scale": 0.0,
    "rotation": 0.0,
    "noise": 0.0,
}
"""What a dream is made of; it has no choice in these settings."""


class Octaves(BaseModel):
    """The fields of a dream, and the sizes that follow from them."""

    octaves: Annotated[
        int,
        Field(
            title="Octaves",
            ge=1,
            le=6,
            description="At how many sizes a dream is worked on, the smallest first: more give "
            "larger shapes. Other recipes work at one size",
            json_schema_extra=knob(),
        ),
    ] = 1
    octave_scale: Annotated[
        float,
        Field(
            title="Octave scale",
            ge=1.2,
            le=1.6,
            description="How many times larger each octave is than the one before",
            json_schema_extra=knob(),
        ),
    ] = 1.4
    octave_steps: Annotated[
        int,
        Field(
            title="Steps an octave",
            ge=0,
            le=100_000,
            description="Steps at each size before the next one; the last size takes what is "
            "left. 0 shares all steps equally",
            json_schema_extra=knob(),
        ),
    ] = 0

    @property
    def sizes(self) -> tuple[int, ...]:
        """Height and width of each octave in pixels, smallest first; the last is ``SIDE``.

        Example:
            >>> Octaves(octaves=4).sizes
            (160, 224, 320, 448)
        """
        exact = (SIDE / self.octave_scale**index for index in reversed(range(self.octaves)))
        return tuple(GRID * round(size / GRID) for size in exact)

    @property
    def steps_an_octave(self) -> int:
        """Steps before the picture grows; at least 1."""
        return self.octave_steps or max(1, int(getattr(self, "steps", 1)) // self.octaves)

    def octave_at(self, step: int) -> int:
        """Which octave a step works on, counted from 0.

        Args:
            step: Steps done before it.
        """
        return min(step // self.steps_an_octave, self.octaves - 1)

    def check_dream(self, *, is_class: bool) -> None:
        """Refuse what a dream cannot do, and octaves in other recipes.

        Args:
            is_class: Whether the target is a class, which needs the whole network at every size.

        Raises:
            UserError: One sentence that says what to mend.
        """
        recipe = getattr(self, "recipe", "")
        if recipe != DREAM:
            if self.octaves > 1:
                raise UserError(
                    f'{self.octaves} octaves with recipe "{recipe}"',
                    f"octaves in recipe {DREAM} alone",
                    f"leave them out, or choose recipe {DREAM}",
                )
            return
        for name, wanted in _ONLY.items():
            got = getattr(self, name)
            if got != wanted:
                raise UserError(
                    f'{name} "{got}" with recipe "{DREAM}"',
                    f'"{wanted}", which is part of DeepDream',
                    f"leave {name} out, or choose another recipe",
                )
        if self.sizes[0] < SMALLEST:
            raise UserError(
                f"{self.octaves} octaves of scale {self.octave_scale:g}, the smallest of "
                f"{self.sizes[0]} px",
                f"at least {SMALLEST} px",
                "take fewer octaves or a smaller scale",
            )
        network = catalog.get(getattr(self, "network", catalog.DEFAULT))
        if is_class and not network.any_size:
            raise UserError(
                f"a class of {network.title}, which sees {network.input_size} px alone",
                "a layer or a channel, because a dream has several sizes",
                f"choose a layer such as {next(iter(catalog.layers(network.name)))}",
            )


def photo_side(recipe: str) -> int | None:
    """Side of the photo that a recipe starts from; None for the network's own size."""
    return SIDE if recipe == DREAM else None
