"""What is let in: checked by the engine on every submission, whatever a form has checked before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfcore import catalog, images, parsing, targets
from tfcore.config import Config
from tfcore.errors import TooLarge, UserError
from tfcore.events import RunState
from tfcore.settings import SynthesizeSettings

if TYPE_CHECKING:
    from tfcore.store.records import Command
    from tfcore.store.writer import RunWriter

_LIVE = (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)


def check_memory(settings: SynthesizeSettings, config: Config) -> None:
    """Refuse what cannot fit into the worker.

    Raises:
        TooLarge: With the numbers and a network that fits.
    """
    network = catalog.get(settings.network)
    needed = catalog.memory_mb(network)
    if needed > config.worker_memory_mb:
        small = catalog.get(catalog.DEFAULT)
        raise TooLarge(
            f"{network.title}, which needs about {needed} MB",
            f"at most {config.worker_memory_mb} MB, the worker's memory",
            f"choose {small.title} ({catalog.memory_mb(small)} MB)",
        )


def admit(command: Command, store: RunWriter, config: Config) -> SynthesizeSettings:
    """Check a submission.

    Returns:
        The validated settings.

    Raises:
        UserError: One sentence that says what to mend.
    """
    settings = parsing.parse(command.payload["settings"])
    for _, changes in command.payload["steering"]:
        parsing.check_steering(changes)
    check_memory(settings, config)
    if settings.start == "photo":
        if command.content is None:
            raise UserError("no photo", "a photo to start from", "add a photo")
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


def title(settings: SynthesizeSettings) -> str:
    """What a run is called: its target and its network."""
    name = targets.resolve(settings.target, settings.network).name
    return f"{name} · {catalog.get(settings.network).title}"
