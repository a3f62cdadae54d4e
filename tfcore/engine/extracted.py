"""What a finished extraction hands on to the runs that were made of it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from tfcore import parsing
from tfcore.datasets import sources
from tfcore.datasets.procedure import LISTING
from tfcore.errors import UserError
from tfcore.settings import CurveSettings, MapSettings, TrainSettings
from tfcore.similarity.analysis import ANALYSIS
from tfcore.store.records import Run
from tfcore.store.runs import RunStore


class Extracted(BaseModel):
    """A data set whose features are in the store.

    Attributes:
        space: What they lie in, the fields of ``store.space.Space``.
        images: Photos that have features.
        weights_seed: Seed of the network's random weights; None of pretrained ones.
        data: Where the data set comes from, as in ``ScanSettings.data``.
        listing: What is in it, see ``datasets.listing``; empty if it was not asked for.
        analysis: How its photos lie, see ``similarity.analysis``; empty if it was not asked for.
    """

    model_config = ConfigDict(frozen=True)

    space: dict[str, Any]
    images: int
    weights_seed: int | None
    data: str
    listing: bytes = b""
    analysis: bytes = b""

    @property
    def title(self) -> str:
        """What people call the data set."""
        return sources.title(self.data)

    @property
    def megabytes(self) -> float:
        """Size of the features in memory."""
        return 4 * self.images * int(self.space["dim"]) / 2**20


def of(store: RunStore, run: str, *, listing: bool = True, analysis: bool = False) -> Extracted:
    """What an extraction has left.

    Args:
        store: Where runs are kept.
        run: Its id.
        listing: Whether it is wanted.
        analysis: Whether it is wanted.

    Raises:
        UserError: There is no such finished run, or what it was made of is gone.
    """
    record = store.run(run)
    # Runs of the first days kept no analysis.
    kept = store.artifact(run, ANALYSIS) if record and record.kind == "extract" else None
    if record is None or kept is None:
        raise UserError(
            f"run {run}", "a finished run that extracted features", "extract the features again"
        )
    scan = store.run(str(record.settings["scan"]))
    listed = store.artifact(scan.id, LISTING) if scan and listing else None
    if listing and listed is None:
        raise UserError(
            "features of a data set whose scan was deleted",
            "a data set that is listed here",
            "look through it and extract its features again",
        )
    return Extracted(
        space=dict(record.summary.get("space", {})),
        images=int(record.summary.get("images", 0)),
        weights_seed=(
            int(record.settings["seed"]) if record.settings.get("weights") == "random" else None
        ),
        data=str(scan.settings["data"]) if scan else "",
        listing=listed or b"",
        analysis=kept if analysis else b"",
    )


def handed_on(store: RunStore, run: Run) -> dict[str, Extracted]:
    """What a worker is given of the extractions that a run was made of, by name.

    Raises:
        UserError: One of them is gone, or a network that the run needs.
    """
    settings = parsing.recorded(run.settings)
    if isinstance(settings, MapSettings):
        return {"extracted": of(store, settings.extract, listing=False, analysis=True)}
    if not isinstance(settings, TrainSettings | CurveSettings):
        return {}
    given = {"extracted": of(store, settings.extract)}
    if isinstance(settings, TrainSettings) and settings.test:
        given["test"] = of(store, settings.test)
    return given
