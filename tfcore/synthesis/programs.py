"""From settings to a compiled program, kept for the next run of the same kind."""

from __future__ import annotations

from tfcore import targets
from tfcore.backbones.loading import cached
from tfcore.procedures.kept import Kept
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.objectives import (
    Activation,
    Combined,
    CrossEntropy,
    Excitation,
    Logit,
    Objective,
)
from tfcore.synthesis.program import Plan, Program

KEPT = 4
"""Programs kept; a program of EfficientNet-Lite0 takes some ten megabytes beside its network."""

_OF_CLASSES: dict[str, Objective] = {
    "combined": Combined(),
    "cross-entropy": CrossEntropy(),
    "logit": Logit(),
}
_programs: Kept[Program] = Kept(KEPT)


def objective_of(settings: SynthesizeSettings) -> Objective:
    """What the settings ask to minimise."""
    part = targets.resolve(settings.target, settings.network).terms[0][0]
    if isinstance(part, targets.ChannelTarget):
        return Activation(part.layer, part.is_unit)
    if isinstance(part, targets.LayerTarget):
        return Excitation(part.layer)
    return _OF_CLASSES[settings.objective]


def plan_of(settings: SynthesizeSettings, size: int, batch: int = 1) -> Plan:
    """The part of the settings that decides the graph.

    Args:
        settings: Settings of a run.
        size: Height and width of the network's images.
        batch: Number of images that grow side by side.
    """
    return Plan(
        networks=settings.networks,
        batch=batch,
        size=size,
        parametrization=settings.parametrization,
        objective=objective_of(settings),
        optimizer=settings.optimizer,
        moves=bool(settings.scale or settings.rotation or settings.jitter),
        grainy=bool(settings.noise),
    )


def program_for(settings: SynthesizeSettings, batch: int = 1) -> Program:
    """The compiled program of these settings, made at the first call.

    Safe to call from any thread. The ``KEPT`` programs used last are kept; one that a run still
    holds lives on after it was let go of here.

    Raises:
        WeightsMissing: The network's weights are not here and cannot be fetched.
    """
    backbones = [cached(name) for name in settings.networks]
    plan = plan_of(settings, backbones[0].size, batch)
    return _programs.get(plan, backbones, lambda: Program(plan, backbones))
