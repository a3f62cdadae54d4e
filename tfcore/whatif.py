"""What if? Several values of one setting, tried side by side in one run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, Field

from tfcore.errors import UserError
from tfcore.fields import knob

FEWEST_CELLS, MOST_CELLS = 2, 9
VARY = Field(
    title="What if",
    description="A setting of which several values are tried side by side in one run",
    json_schema_extra=knob(),
)
"""How every kind of run describes its own choice of settings to vary."""


class WhatIf(BaseModel):
    """The fields of a what-if run, and the settings of each of its pictures."""

    follows: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What takes the default of each value when a setting is varied, and not the run's own."""

    vary: Annotated[str, VARY] = ""
    values: Annotated[
        str,
        Field(
            title="Values to try",
            max_length=600,
            description="Two to nine values of that setting, separated by commas",
            json_schema_extra=knob(),
        ),
    ] = ""

    def cells(self) -> list[Self]:
        """The settings of each picture; of a plain run, its own.

        Raises:
            UserError: Values without a setting or the other way round, fewer than two, more than
                nine, or the same twice.
            pydantic.ValidationError: A value out of the setting's bounds.

        Example:
            >>> what_if = SynthesizeSettings(vary="tv_weight", values="0, 0.1")
            >>> [cell.tv_weight for cell in what_if.cells()]
            [0.0, 0.1]
        """
        texts = [text.strip() for text in self.values.split(",") if text.strip()]
        if bool(self.vary) != bool(texts):
            raise UserError(
                f'what-if "{self.vary}" with values "{self.values}"',
                "a setting together with its values, or neither",
                "choose a setting and write two to nine values",
            )
        if not self.vary:
            return [self]
        if not FEWEST_CELLS <= len(texts) <= MOST_CELLS:
            raise UserError(
                f"{len(texts)} values to try",
                f"{FEWEST_CELLS} to {MOST_CELLS}, separated by commas",
                "add some or leave some out",
            )
        plain = {**self.model_dump(), "vary": "", "values": ""}
        for name in self.follows.get(self.vary, ()):
            del plain[name]
        found = [type(self).model_validate({**plain, self.vary: text}) for text in texts]
        if len({cell.model_dump_json() for cell in found}) < len(found):
            raise UserError("the same value twice", "different values", "write each value once")
        return found

    def captions(self) -> list[str]:
        """What each picture differs by, as people read it; of a plain run, nothing.

        Example:
            >>> SynthesizeSettings(vary="target", values="zebra,siam").captions()
            ['zebra', 'siam']
        """
        return [text.strip() for text in self.values.split(",") if text.strip()]
