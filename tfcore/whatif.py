"""What if? Several values of one setting, tried side by side in one run."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from tfcore.errors import UserError
from tfcore.fields import knob

FEWEST_CELLS, MOST_CELLS = 2, 9
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


class WhatIf(BaseModel):
    """The fields of a what-if run, and the settings of each of its pictures."""

    vary: Annotated[
        Vary,
        Field(
            title="What if",
            description="A setting of which several values are tried side by side in one run",
            json_schema_extra=knob(),
        ),
    ] = ""
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
