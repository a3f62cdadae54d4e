"""The guard of a fine-tuning: it knows the best epoch, and says when a later one is clearly worse.

Photos that training never learns from are asked after each epoch. A network that is changed with
too large a step forgets what it knew before it learns anything new; that shows there at once. In
the lesson's notebook nobody looked: validation loss went from 0.8156 to 1.4132 and stayed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

MOST_ROLLBACKS = 3
"""After so many the run ends with the best weights: lower rates have not helped."""
LOWERED = 0.2
"""What the learning rate is multiplied by at each rollback."""
WORSE_SHARE, WORSE_NATS = 0.2, 0.02
"""A loss is clearly worse that exceeds the best by this share of it and this much more: from epoch
to epoch it moves by some percent without any harm."""
WORSE_POINTS, WORSE_PHOTOS = 0.05, 3
"""An accuracy is clearly worse that lost more than this share and at least so many photos."""

OWN, EACH = 6, 7
"""Numbers of a guard, and more for each rollback."""

View = Literal["better", "same", "worse"]


@dataclass(frozen=True)
class Rollback:
    """One time that the best weights came back.

    Attributes:
        epoch: The epoch that was clearly worse.
        step: Batches that were done by then.
        best_epoch: The epoch whose weights came back; 0 is before the first.
        best_loss, loss: Validation loss of both, in nats.
        best_accuracy, accuracy: Likewise.
    """

    epoch: int
    step: int
    best_epoch: int
    best_loss: float
    loss: float
    best_accuracy: float
    accuracy: float

    @property
    def text(self) -> str:
        """The same as a person reads it.

        Example:
            >>> Rollback(3, 27, 2, 0.8156, 1.4132, 0.96, 0.94).text
            'rolled back at epoch 3: validation loss 0.82 → 1.41'
        """
        if not math.isfinite(self.loss):
            return f"rolled back at epoch {self.epoch}: the numbers grew beyond all bounds"
        if self.loss - self.best_loss > WORSE_SHARE * self.best_loss:
            told = f"validation loss {self.best_loss:.2f} → {self.loss:.2f}"
        else:
            told = f"validation accuracy {self.best_accuracy:.1%} → {self.accuracy:.1%}"
        return f"rolled back at epoch {self.epoch}: {told}"


@dataclass
class Guard:
    """What the epochs so far were worth.

    Args:
        photos: How many photos are asked after each epoch.
        patience: Epochs without a better one after which training is over; 0 for never.
        is_on: Whether it acts; it looks all the same.

    Attributes:
        best_epoch: The best one; 0 is before the first.
        best_loss, best_accuracy: What was measured then.
        best_score: What it was chosen by.
        factor: What the learning rate is multiplied by.
        rollbacks: Every time that it acted.
        waited: Epochs since the best one, or since the last rollback.

    Example:
        >>> guard = Guard(100, 5, True)
        >>> [guard.look(epoch, loss, 0.9, loss) for epoch, loss in enumerate([0.4, 0.3, 0.9])]
        ['better', 'better', 'worse']
    """

    photos: int
    patience: int
    is_on: bool
    best_epoch: int = 0
    best_loss: float = math.inf
    best_accuracy: float = 0.0
    best_score: float = math.inf
    factor: float = 1.0
    waited: int = 0
    rollbacks: list[Rollback] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether nothing better is to be expected."""
        is_impatient = 0 < self.patience <= self.waited
        return is_impatient or len(self.rollbacks) >= MOST_ROLLBACKS

    def look(self, epoch: int, loss: float, accuracy: float, score: float) -> View:
        """Judge an epoch; a better one is the best from now on.

        Args:
            epoch: Its number; 0 is before the first.
            loss: Mean cross-entropy of the validation photos, in nats.
            accuracy: Share of them that is told right.
            score: The same loss once a temperature has put the probabilities right, which decides
                what is better: being more often right but too sure of it is mended at the end.
        """
        is_worse = self._is_worse(loss, accuracy)
        if score < self.best_score and not is_worse:
            self.best_epoch, self.best_score = epoch, score
            self.best_loss, self.best_accuracy, self.waited = loss, accuracy, 0
            return "better"
        self.waited += 1
        return "worse" if is_worse else "same"

    def roll_back(self, epoch: int, step: int, loss: float, accuracy: float) -> Rollback:
        """Note that the best weights come back, and lower the rate."""
        done = Rollback(
            epoch, step, self.best_epoch, self.best_loss, loss, self.best_accuracy, accuracy
        )
        self.rollbacks.append(done)
        self.factor *= LOWERED
        self.waited = 0
        return done

    def _is_worse(self, loss: float, accuracy: float) -> bool:
        lost = self.best_accuracy - accuracy
        is_wrong_more = lost > WORSE_POINTS and round(lost * self.photos) >= WORSE_PHOTOS
        return is_wrong_more or not loss <= (1 + WORSE_SHARE) * self.best_loss + WORSE_NATS

    # -- saved and resumed ---------------------------------------------------------------------

    def numbers(self) -> list[float]:
        """All that changes, as plain numbers."""
        own = (
            self.best_epoch, self.best_loss, self.best_accuracy, self.best_score,
            self.factor, self.waited,
        )  # fmt: skip
        rows = [
            number
            for one in self.rollbacks
            for number in (
                one.epoch, one.step, one.best_epoch, one.best_loss, one.loss,
                one.best_accuracy, one.accuracy,
            )
        ]  # fmt: skip
        return [*map(float, own), *map(float, rows)]

    def take(self, numbers: Sequence[float]) -> None:
        """Go on from what ``numbers`` gave."""
        epoch, self.best_loss, self.best_accuracy, self.best_score, self.factor, waited = numbers[
            :OWN
        ]
        self.best_epoch, self.waited = int(epoch), int(waited)
        rest = numbers[OWN:]
        self.rollbacks = [
            Rollback(int(row[0]), int(row[1]), int(row[2]), *row[3:])
            for row in (rest[start : start + EACH] for start in range(0, len(rest), EACH))
        ]
