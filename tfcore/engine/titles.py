"""What a run is called, everywhere and for good."""

from __future__ import annotations

from tfcore import catalog, classes, formats, methods, targets
from tfcore.datasets import sources
from tfcore.engine import tuning
from tfcore.settings import (
    AnySettings,
    CurveSettings,
    ExportSettings,
    ExtractSettings,
    FineTuneSettings,
    MapSettings,
    PictureRun,
    ScanSettings,
    SynthesizeSettings,
    TrainSettings,
)

_LONGEST_TARGET = 80


def title(settings: AnySettings) -> str:
    """What a run is called: its target, its network, and what it varies."""
    if isinstance(settings, ScanSettings):
        return f"Data set {sources.title(settings.data)}"
    if isinstance(settings, ExtractSettings):
        where = f", {settings.layer}" if settings.layer else ""
        untrained = ", random weights" if settings.weights == "random" else ""
        rough = f", {settings.precision}" if settings.precision != "float32" else ""
        return f"Features · {catalog.get(settings.network).title}{where}{untrained}{rough}"
    if isinstance(settings, MapSettings):
        return f"Map · t-SNE, perplexity {settings.perplexity:g}"
    if isinstance(settings, ExportSettings):
        made = ", ".join(form.title for form in formats.chosen(settings.formats))
        return f"Take home · {catalog.get(settings.network).title} · {made}"
    if isinstance(settings, TrainSettings):
        return _of_training(settings)
    if isinstance(settings, CurveSettings):
        return f"How few photos are enough · {_shape(settings.hidden)}"
    if isinstance(settings, FineTuneSettings):
        return tuning.title(settings)
    names = [_aim(cell, is_plain=not settings.vary) for cell in settings.cells()]
    target = ", ".join(dict.fromkeys(names))
    if len(target) > _LONGEST_TARGET:
        target = f"{target[:_LONGEST_TARGET].rstrip()} …"
    network = " + ".join(catalog.get(name).title for name in settings.networks)
    if settings.vary == "network":
        network = f"{len(names)} networks"
    if settings.vary in ("", "target", "network"):
        return f"{target} · {network}"
    varied = type(settings).model_fields[settings.vary].title or settings.vary
    return f"{target} · {network} · {len(names)} × {varied.lower()}"


def _of_training(settings: TrainSettings) -> str:
    name = f"Head · {_shape(settings.hidden)}, {settings.optimizer}"
    if not settings.vary:
        return name
    varied = type(settings).model_fields[settings.vary].title or settings.vary
    return f"{name} · {len(settings.captions())} × {varied.lower()}"


def _shape(hidden: str) -> str:
    return hidden.replace(",", " × ") or "linear"


def _aim(settings: PictureRun, *, is_plain: bool) -> str:
    """What one picture shall become; of an attack also by how much."""
    if isinstance(settings, SynthesizeSettings):
        return targets.resolve(settings.target, settings.network).name
    index, known = settings.wanted_class, classes.of(settings.network)
    goal = "anything else" if index is None else known.name(index)
    shown = settings.source_index
    change = f"{'a photo' if shown is None else known.name(shown)} → {goal}"
    if settings.smallest or not (is_plain and methods.has_budget(settings.method)):
        return change
    return f"{change} at {settings.epsilon:g}/255"
