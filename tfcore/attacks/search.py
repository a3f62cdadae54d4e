"""The smallest budget: larger and smaller ones are tried until the least that fools is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tfcore.attacks.procedure import Fooling
from tfcore.attacks.verdict import is_fooled
from tfcore.methods import SEARCH_ROUNDS
from tfcore.procedure import Result
from tfcore.procedures import saving
from tfcore.settings import AttackSettings

Rgb8 = npt.NDArray[np.uint8]

_MOST = 255.0
_CLOSE = 1.05  # two L2 budgets nearer than this are one


@dataclass
class Bracket:
    """What is known of the least budget: one that failed, and one that fooled.

    Attributes:
        low: The largest that failed, 0 when none has.
        high: The smallest that fooled, infinite when none has.
        whole: Whether only whole numbers count: 8-bit values change by whole levels.
    """

    whole: bool
    low: float = 0.0
    high: float = math.inf

    def tell(self, epsilon: float, fooled: bool) -> None:
        """Note how a budget did; one that fooled counts more than a larger one that failed."""
        if fooled:
            self.high = min(self.high, epsilon)
            self.low = min(self.low, self.high)
        elif epsilon < self.high:
            self.low = max(self.low, epsilon)

    def next(self) -> float | None:
        """The budget to try next; None when the least one is known.

        Example:
            >>> bracket = Bracket(whole=True)
            >>> bracket.tell(2, False)
            >>> bracket.next()
            4.0
        """
        if math.isinf(self.high):
            return min(_MOST, 2.0 * self.low) if self.low < _MOST else None
        if self.whole:
            return float((self.low + self.high) // 2) if self.high - self.low > 1 else None
        if self.low == 0.0:
            return self.high / 2.0
        return math.sqrt(self.low * self.high) if self.high > _CLOSE * self.low else None


class SmallestBudget(Fooling):
    """A search for the least epsilon that succeeds, judged on the picture as it would be saved.

    Each round is an attack of its own from the same start; the budget doubles until one fools, and
    is then halved into the gap. An attack that fails proves nothing: the least budget found is one
    that is enough, smaller ones may be for a stronger attack.

    Args:
        settings: With ``smallest``; ``steps`` are shared by up to ``SEARCH_ROUNDS`` rounds.
        photo: RGB uint8 of any size.
    """

    def __init__(self, settings: AttackSettings, photo: Rgb8) -> None:
        super().__init__(settings, photo)
        self._round_steps = settings.steps_a_round
        self._share = settings.step_size / settings.epsilon
        whole = settings.norm == "linf"
        self._bracket = Bracket(whole)
        self._tries: list[tuple[float, bool]] = []
        self._best: Rgb8 | None = None
        self._is_known = False
        self._set(float(math.ceil(settings.epsilon)) if whole else settings.epsilon)

    @property
    def steps(self) -> int:
        """Steps to do in all; known only at the end."""
        return self.step_number if self._is_known else self._steps

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Change the variation weight; budget and step are what the search is about."""
        return super().steer({n: value for n, value in changes.items() if n == "tv_weight"})

    def step(self) -> dict[str, float]:
        """Do one step; the last one of a round judges and sets the next budget."""
        figures = super().step()
        group = self.groups[0]
        if group.number == self._round_steps:
            self._judge_round()
        return {**figures, "epsilon": float(group.knobs["epsilon"][0])}

    def _judge_round(self) -> None:
        group, epsilon = self.groups[0], float(self.groups[0].knobs["epsilon"][0])
        picture = group.pictures()[0]
        fooled = is_fooled(group.see(picture), group.source, self.settings.wanted_class)
        if fooled and epsilon < self._bracket.high:
            self._best = picture
        self._bracket.tell(epsilon, fooled)
        self._tries.append((epsilon, fooled))
        following = self._bracket.next()
        if following is None or len(self._tries) >= SEARCH_ROUNDS:
            self._is_known = True
        else:
            self._set(following)

    def _set(self, epsilon: float) -> None:
        group = self.groups[0]
        group.steer({"epsilon": epsilon, "step_size": self._share * epsilon})
        group.restart()

    def result(self) -> Result:
        """The picture of the least budget that fooled; where none did, the last one tried."""
        group = self.groups[0]
        best = group.pictures()[0] if self._best is None else self._best
        found = math.isfinite(self._bracket.high)
        verdict: dict[str, Any] = group.verdict(0, best)
        summary = {
            **verdict,
            **self._common(),
            "success": found,
            "epsilon_255": self._bracket.high if found else verdict["epsilon_255"],
            "smallest_epsilon_255": self._bracket.high if found else None,
            "tries": [{"epsilon_255": at, "success_png": fooled} for at, fooled in self._tries],
        }
        return Result(summary, best)

    def _arrays(self) -> saving.Arrays:
        best = np.zeros_like(self.photo) if self._best is None else self._best
        tries = np.full((SEARCH_ROUNDS, 2), np.nan)
        tries[: len(self._tries)] = np.array(self._tries).reshape(-1, 2)
        return {**super()._arrays(), "best": best, "tries": tries}

    def _take(self, arrays: saving.Arrays) -> None:
        super()._take(arrays)
        self._bracket = Bracket(self._bracket.whole)
        self._tries = [(float(at), bool(ok)) for at, ok in arrays["tries"] if np.isfinite(at)]
        for epsilon, fooled in self._tries:
            self._bracket.tell(epsilon, fooled)
        self._best = arrays["best"] if math.isfinite(self._bracket.high) else None
