"""What a fine-tuning is made of: from a run's record to the procedure on a worker.

TensorFlow is imported inside the function, because the engine imports this module without it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from tfcore import blocks, memory, parsing, trained
from tfcore.catalog import get
from tfcore.config import Config, config
from tfcore.datasets import listing, sources
from tfcore.engine import extracted
from tfcore.engine.extracted import Extracted
from tfcore.errors import TooLarge, UserError
from tfcore.procedure import Procedure
from tfcore.settings import FineTuneSettings, TrainSettings, read
from tfcore.store.records import Run
from tfcore.store.runs import RunStore
from tfcore.store.space import Space

if TYPE_CHECKING:
    from tfcore.heads.material import Material

_PIXELS_MB = 400  # decoded photos and what crosses the boundary, of a data set of some thousands
_GRADIENTS = 2.5  # what learns keeps its outputs, their gradients, and some of both once more


class Taught(BaseModel):
    """The head that a fine-tuning begins with, and how its photos were divided.

    Attributes:
        head: Its file.
        validation: Share of the photos that check.
        seed: Of the division.
    """

    model_config = ConfigDict(frozen=True)

    head: bytes
    validation: float
    seed: int


def training(store: RunStore, run: str) -> TrainSettings:
    """How the head was trained that a run began with, or the one that it began with itself.

    Raises:
        UserError: There is no such run, or it left no head.
    """
    record = store.run(run)
    if record is None or store.artifact(run, trained.FILE) is None:
        raise UserError(f"run {run}", "a finished run that trained a head", "train a head first")
    settings = read(record.settings)
    if isinstance(settings, FineTuneSettings):
        return training(store, settings.head)
    if not isinstance(settings, TrainSettings):
        raise UserError(f"run {run}", "a run that trained a head", "train a head first")
    if settings.vary != "seed":
        return settings
    # The head that was kept is that of one cell, and each seed has sides of its own.
    best = min(record.summary["cells"], key=lambda cell: float(cell["val_loss"]))
    return settings.model_copy(update={"vary": "", "values": "", "seed": int(best["caption"])})


def handed_on(store: RunStore, run: Run) -> dict[str, Any]:
    """What a worker is given of the runs that a run was made of, by name.

    Of a fine-tuning the head, and the photos that it was trained on.

    Raises:
        UserError: Something of it is gone.
    """
    settings = parsing.recorded(run.settings)
    if not isinstance(settings, FineTuneSettings):
        return {**extracted.handed_on(store, run)}
    how = training(store, settings.head)
    given: dict[str, Any] = {
        "extracted": extracted.of(store, how.extract),
        "taught": Taught(
            head=store.artifact(settings.head, trained.FILE) or b"",
            validation=how.validation,
            seed=how.seed,
        ),
    }
    if how.test:
        given["test"] = extracted.of(store, how.test)
    return given


def check(settings: FineTuneSettings, store: RunStore, limits: Config) -> None:
    """Refuse what cannot be fine-tuned, and what is too much.

    Raises:
        UserError: There is no such head, it has not so many blocks, or its photos are gone.
        TooLarge: It would not fit into the worker.
    """
    how = training(store, settings.head)
    sources.check(extracted.of(store, how.extract).data, limits)
    about = settings.about
    known = blocks.of(about.network, about.layer)
    if settings.blocks > len(known):
        raise UserError(
            f"{settings.blocks} blocks of {get(about.network).title}",
            f"0 to {len(known)}",
            f"choose {len(known)} to train all of it",
        )
    needed = memory_mb(settings)
    if needed > limits.worker_memory_mb:
        raise TooLarge(
            f"fine-tuning that needs about {needed} MB",
            f"at most {limits.worker_memory_mb} MB, the worker's memory",
            "choose fewer blocks, smaller batches or a smaller network",
        )


def memory_mb(settings: FineTuneSettings) -> int:
    """Estimate the peak memory: the network twice, and a batch on its way through both parts."""
    about = settings.about
    network = get(about.network)
    learning = blocks.last(about.network, settings.blocks, about.layer)
    frozen = network.activation_mb / 4  # of a part that keeps no outputs few are alive at once
    outputs = _GRADIENTS * sum(block.megabytes for block in learning) + frozen
    # Weights, what the optimizer remembers of each, and all of it once more as the best.
    weights = 8 * 4e-6 * sum(block.parameters for block in learning)
    loading = memory.memory_mb(network) + network.weights_mb
    return round(loading + settings.batch_size * outputs + weights + _PIXELS_MB)


def title(settings: FineTuneSettings) -> str:
    """What such a run is called."""
    return f"Fine-tuning · {get(settings.about.network).title}, {settings.scope}"


def procedure(
    settings: FineTuneSettings,
    taught: Taught | None,
    made_of: Extracted,
    test: Extracted | None,
    *,
    tell: Callable[[str], None],
    should_stop: Callable[[], bool],
) -> Procedure:
    """The job itself, on a worker.

    Raises:
        UserError: The photos or the head cannot be used; the sentence says why.
        StoppedEarly: ``should_stop`` said so while photos were looked at.
    """
    from tfcore import head_file
    from tfcore.heads.finetuning import FineTuneProcedure
    from tfcore.heads.finetuning_sides import sides_of

    if taught is None:
        raise UserError("no head", "a head to go on with", "train a head first")
    tell(f"Preparing {get(settings.about.network).title}")
    divided = sides_of(
        *_photos(made_of),
        validation=taught.validation,
        seed=taught.seed,
        test=_photos(test) if test is not None else None,
    )
    head = head_file.from_bytes(taught.head)
    return FineTuneProcedure(settings, head, divided, tell=tell, should_stop=should_stop)


def _photos(made_of: Extracted) -> tuple[Material, Path]:
    """The photos that the head was trained on, without their features, and their folder."""
    import numpy as np

    from tfcore.heads.material import Material
    from tfcore.store.features import FeatureStore

    found, space = listing.from_bytes(made_of.listing), Space(**made_of.space)
    known = FeatureStore(config().features_root).known(space)
    # Those that were set aside since the scan have no features, and the head has not seen them.
    photos = [photo for photo in found.photos if photo.digest in known] or found.photos
    none = np.empty((len(photos), 0), np.float32)
    root = sources.lay_out(made_of.data, config()).root
    return Material(made_of.title, found.digest, space, photos, none), root
