"""How few photos are enough: accuracy over the number of photos, as it is kept."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tfcore.errors import UserError

FILE = "curve.json"
"""The artifact of a run that finds it out."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Point(_Kept):
    """What heads reach that were taught with so many photos.

    Attributes:
        photos: In all.
        of_each: Of each class at most.
        accuracies: Of each draw of photos, in the order of the draws; fewer if it was stopped.
        mean: Their mean.
        ci_low, ci_high: Its 95 % interval over the draws (Student's t); None of a single one. All
            draws are asked about the same photos: whether these are like others, it does not tell.
    """

    photos: int
    of_each: int
    accuracies: tuple[float, ...]
    mean: float
    ci_low: float | None
    ci_high: float | None


class LearningCurve(_Kept):
    """What a run leaves.

    Attributes:
        classes: Their names.
        network: The pretrained network whose features were learned from.
        asked: Photos that every head was asked about, and none was taught with.
        chance: What always naming the largest class would reach on them.
        points: From few photos to many.
    """

    version: Literal[1] = 1
    classes: tuple[str, ...]
    network: str
    asked: int
    chance: float
    points: tuple[Point, ...]

    def to_bytes(self) -> bytes:
        """The JSON that ``from_bytes`` reads."""
        return self.model_dump_json().encode()


def from_bytes(content: bytes) -> LearningCurve:
    """Read what ``LearningCurve.to_bytes`` wrote.

    Raises:
        UserError: It is something else, or of another version.

    Example:
        >>> from_bytes(store.artifact(run, FILE)).points[-1].mean    # doctest: +SKIP
        0.99
    """
    try:
        return LearningCurve.model_validate_json(content)
    except ValidationError as error:
        raise UserError(
            "a learning curve that cannot be read",
            "one that this version of the lab has written",
            "find it out again",
        ) from error
