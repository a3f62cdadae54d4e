"""From settings to a compiled attack, kept for the next run of the same kind."""

from __future__ import annotations

from collections.abc import Callable

from tfcore.attacks.attack import Attack
from tfcore.attacks.carlini_wagner import CarliniWagner
from tfcore.attacks.deepfool import DeepFool
from tfcore.attacks.fgsm import Fgsm
from tfcore.attacks.lesson import Lesson
from tfcore.attacks.mifgsm import MiFgsm
from tfcore.attacks.pgd import Pgd
from tfcore.attacks.program import Program
from tfcore.backbones.loading import cached
from tfcore.procedures.kept import Kept
from tfcore.settings import AttackSettings

KEPT = 4
"""Programs kept; one of EfficientNet-Lite0 takes some ten megabytes beside its network."""

_SURE = 1.0
"""The search begins with a constant that fools nearly always, and goes down from there."""


def _carlini_wagner(settings: AttackSettings) -> CarliniWagner:
    return CarliniWagner(settings.steps_a_round, first_constant=_SURE)


_MAKERS: dict[str, Callable[[AttackSettings], Attack]] = {
    "pgd": lambda settings: Pgd(settings.random_start),
    "fgsm": lambda _: Fgsm(),
    "mifgsm": lambda _: MiFgsm(),
    "cw": _carlini_wagner,
    "deepfool": lambda _: DeepFool(),
    "lesson": lambda _: Lesson(),
}

Plan = tuple[object, ...]
_programs: Kept[Program] = Kept(KEPT)


def plan_of(settings: AttackSettings) -> Plan:
    """The part of the settings that decides the graph."""
    way = settings.steps_a_round if settings.method == "cw" else settings.random_start
    return settings.method, settings.networks, settings.norm, way


def program_for(settings: AttackSettings) -> Program:
    """The compiled program of these settings, made at the first call.

    Safe to call from any thread. The ``KEPT`` programs used last are kept; one that a run still
    holds lives on after it was let go of here.

    Raises:
        WeightsMissing: A network's weights are not here and cannot be fetched.
    """
    backbones = tuple(cached(name) for name in settings.networks)

    def make() -> Program:
        return Program(_MAKERS[settings.method](settings), backbones, settings.norm)

    return _programs.get(plan_of(settings), backbones, make)
