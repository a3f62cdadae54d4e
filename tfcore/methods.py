"""Methods of attack and what each takes by default, as data.

To add a method, add a class to ``tfcore/attacks``, a row to each table here, its name to
``settings.attack.Method`` and its maker to ``attacks/programs.py``.
"""

from __future__ import annotations

from typing import Any

METHODS: dict[str, dict[str, Any]] = {
    "pgd": {"steps": 40},
    "fgsm": {"steps": 1},
    "mifgsm": {"steps": 40},
    "cw": {"steps": 900, "norm": "l2"},
    "deepfool": {"steps": 50, "norm": "l2"},
    # The lesson's own numbers; its rate multiplies the gradient.
    "lesson": {"steps": 100, "step_size": 1.0},
}
"""What differs from the defaults of ``settings.attack``."""

STEP_SHARES = {"fgsm": 1.0, "pgd": 0.25, "mifgsm": 0.1}
"""How much of the budget one step may use up; only these methods keep a budget."""

STEERED = {
    "pgd": ("epsilon", "step_size", "tv_weight"),
    "fgsm": ("epsilon", "tv_weight"),
    "mifgsm": ("epsilon", "step_size", "tv_weight"),
    "cw": (),
    "deepfool": (),
    "lesson": ("step_size",),
}
"""What makes a difference to each method, of what may change while it goes on."""

METHOD_TITLES = {
    "pgd": "PGD",
    "fgsm": "FGSM",
    "mifgsm": "MI-FGSM",
    "cw": "Carlini-Wagner",
    "deepfool": "DeepFool",
    "lesson": "Lesson",
}

METHOD_HELP = {
    "pgd": "Many small steps inside the budget, from a random start: the one to begin with",
    "fgsm": "One single step as far as the budget goes: fast, and shows how far one step reaches",
    "mifgsm": "Steps along the mean of all gradients so far: other networks are fooled more often",
    "cw": "Searches for the smallest change that fools, however long it takes",
    "deepfool": "Steps to the nearest boundary again and again: a small change, quickly",
    "lesson": "The lesson's own way: plain gradient descent without preprocessing, clipping or "
    "budget",
}

SEARCH_ROUNDS = 8
"""Tries of a search for the smallest budget."""


def has_budget(method: str) -> bool:
    """Whether a method keeps every value within epsilon of the photo.

    Example:
        >>> has_budget("pgd"), has_budget("cw")
        (True, False)
    """
    return method in STEP_SHARES


def step_of(share: float, epsilon: float) -> float:
    """The step size that takes a share of a budget, as a person would write it, never more than it.

    Example:
        >>> step_of(0.25, 2.0), step_of(1 / 3, 2.0)
        (0.5, 0.6667)
    """
    return min(float(f"{share * epsilon:.4g}"), epsilon)


def defaults(method: str, epsilon: float, *, smallest: bool = False) -> dict[str, Any]:
    """What a method takes for a budget.

    Args:
        method: A name of ``METHODS``; of another the defaults of ``settings.attack`` stand.
        epsilon: The budget in n/255.
        smallest: Whether the run searches for the smallest budget, in several rounds.

    Example:
        >>> defaults("pgd", 2.0)
        {'step_size': 0.5, 'steps': 40}
    """
    found: dict[str, Any] = {"step_size": 1.0}
    if method in STEP_SHARES:
        found["step_size"] = step_of(STEP_SHARES[method], epsilon)
    found |= METHODS.get(method, {})
    if smallest and "steps" in found:
        found["steps"] *= SEARCH_ROUNDS
    return found
