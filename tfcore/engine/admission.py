"""What is let in: checked by the engine on every submission, whatever a form has checked before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tfcore import catalog, formats, images, memory, parsing, trained
from tfcore.config import Config
from tfcore.datasets import sources
from tfcore.datasets.procedure import LISTING
from tfcore.engine import extracted, training, tuning
from tfcore.errors import TooLarge, UserError
from tfcore.events import RunState
from tfcore.features.planning import check_dim
from tfcore.octaves import DREAM
from tfcore.settings import (
    AnySettings,
    CurveSettings,
    ExportSettings,
    ExtractSettings,
    FineTuneSettings,
    MapSettings,
    PictureSettings,
    RunSettings,
    ScanSettings,
    SynthesizeSettings,
    TrainSettings,
)

if TYPE_CHECKING:
    from tfcore.store.records import Command
    from tfcore.store.writer import RunWriter

_BATCH_SHARE = 8  # a cautious guess: what 32 pictures need without gradients, in pictures with them
_FEATURE_COPIES = 4
_LIVE = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)


def memory_mb(settings: RunSettings) -> int:
    """Estimate a run's peak memory, with all its networks and all the pictures of a batch.

    Returns:
        Megabytes (2**20 bytes) of the worker's resident memory.
    """
    if isinstance(settings, SynthesizeSettings) and settings.recipe == DREAM:
        # Its octaves share the weights, and one network judges the picture at its own size.
        return memory.memory_mb(catalog.get(settings.network), 1, settings.sizes[-1])
    if isinstance(settings, ExportSettings):
        return memory.memory_mb(catalog.get(settings.network), _BATCH_SHARE)
    if isinstance(settings, ExtractSettings):
        network = catalog.get(settings.network)
        # In bfloat16 it has weights of its own, of half the size.
        twin = 0 if settings.precision == "float32" else math.ceil(network.weights_mb / 2)
        return memory.memory_mb(network, _BATCH_SHARE) + twin
    if isinstance(settings, FineTuneSettings):
        return tuning.memory_mb(settings)
    if not isinstance(settings, PictureSettings):
        return memory.BASE_MB
    cells = settings.cells()
    batch = len(cells) if settings.is_one_batch else 1
    each = [memory.memory_mb(catalog.get(name), batch) for name in settings.needed_networks]
    return memory.BASE_MB + sum(megabytes - memory.BASE_MB for megabytes in each)


def recorded_mb(settings: Mapping[str, Any]) -> int:
    """The same of settings as they were recorded; a network that is gone since counts as none."""
    try:
        return memory_mb(parsing.recorded(settings))
    except UserError:
        return memory.BASE_MB


def check_memory(settings: RunSettings, config: Config) -> None:
    """Refuse what cannot fit into the worker, or what nobody could keep.

    Raises:
        TooLarge: With the numbers and what would fit.
    """
    if isinstance(settings, ExtractSettings) and settings.pooling == "flat":
        check_dim(math.prod(catalog.layer_shapes(settings.network)[settings.layer]))
    needed = memory_mb(settings)
    if needed <= config.worker_memory_mb or not settings.needed_networks:
        return
    network, small = catalog.get(settings.needed_networks[0]), catalog.get(catalog.DEFAULT)
    varies = isinstance(settings, PictureSettings) and bool(settings.vary)
    if varies or len(settings.needed_networks) > 1:
        fix = "try fewer values, or fewer or smaller networks"
    else:
        fix = f"choose {small.title} ({memory.memory_mb(small)} MB)"
    raise TooLarge(
        f"{network.title}{' with all it asks for' if varies else ''}, "
        f"which needs about {needed} MB",
        f"at most {config.worker_memory_mb} MB, the worker's memory",
        fix,
    )


def admit(command: Command, store: RunWriter, config: Config) -> AnySettings:
    """Check a submission.

    Returns:
        The validated settings.

    Raises:
        UserError: One sentence that says what to mend.
    """
    settings = parsing.parse(command.payload["settings"])
    for _, changes in command.payload["steering"]:
        parsing.check_steering(changes, type(settings))
    check_memory(settings, config)
    if isinstance(settings, ScanSettings):
        sources.check(settings.data, config)
    elif isinstance(settings, ExtractSettings):
        _check_scan(settings.scan, store, config)
    elif isinstance(settings, MapSettings):
        extracted.of(store, settings.extract, listing=False)
    elif isinstance(settings, TrainSettings | CurveSettings):
        _check_training(settings, store, config)
    elif isinstance(settings, FineTuneSettings):
        tuning.check(settings, store, config)
    elif isinstance(settings, ExportSettings):
        training.check(store, settings.head, config)
        _check_size(settings, store, config)
    elif settings.needs_photo:
        if command.content is None:
            raise UserError("no photo", "a photo to begin with", "add a photo")
        if images.png_digest(command.content) != settings.photo:
            raise UserError(
                "a photo of another digest", f"digest {settings.photo}", "add the right photo"
            )
    waiting = [run for run in store.runs(_LIVE, limit=None) if run.owner == command.owner]
    if len(waiting) >= config.runs_per_owner:
        raise UserError(
            f"{len(waiting)} unfinished runs of yours",
            f"fewer than {config.runs_per_owner}",
            "wait for one or stop one",
        )
    if store.size_mb() > config.storage_mb:
        raise UserError(
            f"a store of {store.size_mb():.0f} MB",
            f"at most {config.storage_mb} MB",
            "delete some runs",
        )
    return settings


def _check_scan(name: str, store: RunWriter, config: Config) -> None:
    """Refuse to extract from what was not looked through, or is no longer there."""
    scan = store.run(name)
    if scan is None or scan.kind != "scan" or store.artifact(name, LISTING) is None:
        raise UserError(
            f"run {name}", "a finished run that looked through a data set", "look through it first"
        )
    sources.check(str(scan.settings["data"]), config)


def _check_training(
    settings: TrainSettings | CurveSettings, store: RunWriter, config: Config
) -> None:
    """Refuse to train on what was not extracted, to ask what lies elsewhere, and what is too much.

    Photos and classes are looked at where the run is executed: a listing may be long.
    """
    made_of = [extracted.of(store, settings.extract)]
    if isinstance(settings, TrainSettings) and settings.test:
        made_of.append(extracted.of(store, settings.test))
        if made_of[0].space != made_of[1].space:
            raise UserError(
                "test photos whose features come from another network or layer",
                "features of the same network, layer and weights",
                "extract them with the network that the head is trained on",
            )
    if trained.is_head(str(made_of[0].space["network"])):
        raise UserError(
            "features of a network that was trained here",
            "those of a pretrained network, on which a head is put",
            "extract the features with the network that it stands on",
        )
    # As they are read, as they are scaled, and once more on their way into TensorFlow.
    needed = memory.BASE_MB + _FEATURE_COPIES * sum(one.megabytes for one in made_of)
    if needed > config.worker_memory_mb:
        raise TooLarge(
            f"features that need about {needed:.0f} MB",
            f"at most {config.worker_memory_mb} MB, the worker's memory",
            'extract with pooling "mean", or fewer photos',
        )


def _check_size(settings: ExportSettings, store: RunWriter, config: Config) -> None:
    """Refuse files that would be too large for one run or for what is left of the store."""
    network, chosen = catalog.get(settings.network), formats.chosen(settings.formats)
    needed = formats.megabytes(chosen, network.weights_mb)
    room = min(formats.LARGEST_MB, config.storage_mb - store.size_mb())
    if needed > room:
        raise TooLarge(
            f"{len(chosen)} files of {network.title}, about {needed:.0f} MB",
            f"at most {room:.0f} MB",
            "choose fewer formats at a time, or delete some runs",
        )
