"""What is known of a trained network: its figures, and what it said of every photo.

Whoever trains writes this down at the end of a run; pages and the command line read it without
TensorFlow and without scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tfcore.errors import UserError

FILE = "evaluation.json"
"""The artifact of a run that trains."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class OfClass(_Kept):
    """How well one class is told.

    Attributes:
        name: The class.
        n: Photos of it.
        precision: Of the photos that were taken for it, the share that shows it.
        recall: Of the photos that show it, the share that was taken for it.
        f1: Harmonic mean of both.
    """

    name: str
    n: int
    precision: float
    recall: float
    f1: float


class Photos(_Kept):
    """What was said of every photo; lists of one length. A class is its place in ``classes``.

    Attributes:
        digest: SHA-256 of each photo's bytes.
        file: Where it lies in its data set.
        truth: The class that its folder says.
        guess: The likeliest class.
        confidence: Its probability.
        second: The second likeliest class.
    """

    digest: tuple[str, ...]
    file: tuple[str, ...]
    truth: tuple[int, ...]
    guess: tuple[int, ...]
    confidence: tuple[float, ...]
    second: tuple[int, ...]


class Collapsed(_Kept):
    """The same guesses with many classes taken together as two, such as breeds as cat and dog.

    Attributes:
        accuracy: Share of photos whose animal is right.
        ci_low, ci_high: Its 95 % interval (Wilson).
        confusion: Rows: cat, dog as they are; columns: as they were guessed.
    """

    accuracy: float
    ci_low: float
    ci_high: float
    confusion: tuple[tuple[int, ...], ...]


class Side(_Kept):
    """The figures on one part of the photos, none of which it learned from.

    Attributes:
        n: How many photos.
        accuracy: Share of photos that are named right.
        ci_low, ci_high: Its 95 % interval (Wilson).
        balanced_accuracy: Mean of the classes' recalls: small classes count as much as large ones.
        top3: Share of photos whose class is among the three likeliest.
        macro_f1: Mean of the classes' F1.
        log_loss: Mean of minus the logarithm of the right class's probability.
        ece: Expected calibration error: by how much stated and met probabilities differ.
        ece_before: The same before probabilities were cooled or warmed by the temperature.
        reliability: For each bin its mean confidence, its accuracy, and its number of photos.
        reliability_before: The same before the temperature; empty where it was not kept.
        per_class: Each class, in the order of ``classes``.
        confusion: Rows: the class that a photo shows; columns: the class that it was taken for.
        photos: Every photo.
        collapsed: As two classes; None where that makes no sense.
    """

    n: int
    accuracy: float
    ci_low: float
    ci_high: float
    balanced_accuracy: float
    top3: float
    macro_f1: float
    log_loss: float
    ece: float
    ece_before: float
    reliability: tuple[tuple[float, float, int], ...] = ()
    reliability_before: tuple[tuple[float, float, int], ...] = ()
    per_class: tuple[OfClass, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    photos: Photos = Field(repr=False)
    collapsed: Collapsed | None = None


class Evaluation(_Kept):
    """What a run that trains leaves behind beside its head.

    Attributes:
        classes: Names of the classes, in the order of the head's outputs.
        network: The pretrained network below the head.
        temperature: What the logits are divided by (Guo et al., "On Calibration of Modern Neural
            Networks", 2017).
        sides: ``validation``, and ``test`` where there was an untouched test folder.
    """

    version: Literal[1] = 1
    classes: tuple[str, ...]
    network: str
    temperature: float = 1.0
    sides: Mapping[str, Side]

    def to_bytes(self) -> bytes:
        """The file that ``from_bytes`` reads."""
        return self.model_dump_json().encode()


def from_bytes(content: bytes) -> Evaluation:
    """Read what a run left.

    Raises:
        UserError: The bytes are none that this lab has written, or damaged.

    Example:
        >>> from_bytes(content).sides["validation"].accuracy  # doctest: +SKIP
        0.99
    """
    try:
        return Evaluation.model_validate_json(content)
    except ValidationError as error:
        raise UserError(
            "an evaluation that cannot be read", "one that this lab has written", "train again"
        ) from error
