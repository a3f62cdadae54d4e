"""What a finished training hands on to the runs that are made of the network it taught."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tfcore import evaluation, trained
from tfcore.config import Config
from tfcore.datasets.procedure import LISTING
from tfcore.errors import UserError
from tfcore.store.records import Run
from tfcore.store.runs import RunStore


class Training(BaseModel):
    """What is still known of a training; the network itself lies in the catalog.

    Attributes:
        data: Where the data set that it learned from comes from, as in ``ScanSettings.data``.
        listing: What is in it, see ``datasets.listing``.
        evaluation: What the training measured, see ``tfcore.evaluation``.
    """

    model_config = ConfigDict(frozen=True)

    data: str = ""
    listing: bytes = b""
    evaluation: bytes = b""


def check(store: RunStore, head: str, config: Config) -> None:
    """Refuse what no run has taught, or what is gone.

    Args:
        store: Where runs are kept.
        head: The run that taught it.
        config: Where the lab keeps its networks.

    Raises:
        UserError: There is no such network.
    """
    run = store.run(head)
    is_there = trained.path_of(trained.name_of(head), config.data).is_file()
    if run is None or store.artifact(head, trained.FILE) is None or not is_there:
        raise UserError(
            f"run {head}", "a run that has trained a network, still here", "train it again"
        )


def handed_on(store: RunStore, run: Run) -> Training | None:
    """What a worker is given of the training whose network a run takes home; None of other runs."""
    return of(store, str(run.settings["head"])) if run.kind == "export" else None


def of(store: RunStore, head: str) -> Training:
    """What is known of a training. What was deleted meanwhile stays empty.

    Args:
        store: Where runs are kept.
        head: The run that taught the network.
    """
    scan = _scan(store, store.run(head))
    return Training(
        data=str(scan.settings["data"]) if scan else "",
        listing=(store.artifact(scan.id, LISTING) if scan else None) or b"",
        evaluation=store.artifact(head, evaluation.FILE) or b"",
    )


def _scan(store: RunStore, run: Run | None) -> Run | None:
    """The run that looked through the data set: behind the features, or behind another head."""
    for name in ("head", "extract", "scan"):
        if run is not None and name in run.settings:
            return _scan(store, store.run(str(run.settings[name])))
    return run if run is not None and run.kind == "scan" else None
