"""The verb ``train``: from a folder of photos to a head that tells its classes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_settings import CliSuppress

from tfcore import blocks, catalog, evaluation, parsing, trained
from tfcore.cli import files, follow
from tfcore.cli.answers import STOPPED, Answer
from tfcore.cli.extract import Data, LabellingName, Layer, NetworkName, Pooling, Weights
from tfcore.cli.scan import absolute
from tfcore.datasets.procedure import LISTING
from tfcore.engine.link import EngineLink
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.settings import TrainSettings
from tfcore.store import export
from tfcore.store.records import Run

_NO_RUN = "0" * 12
_OWN = (
    "data", "test_data", "network", "layer", "pooling", "weights", "weights_seed", "labelling",
    "fine_tune_layers",
)  # fmt: skip
_KEYS = (
    "train_images",
    "val_images",
    "val_accuracy",
    "val_ci_low",
    "val_ci_high",
    "val_loss",
    "test_images",
    "test_accuracy",
    "test_ci_low",
    "test_ci_high",
    "epochs",
    "best_epoch",
    "parameters",
    "temperature",
    "notes",
)
_OF_SOME = ("vary", "cells", "before", "change", "test_change", "rollbacks")
"""Of a what-if run, and of a fine-tuning."""


class Train(TrainSettings):
    """Teach a head the classes of a folder: its photos are looked through and extracted first."""

    data: Data
    test_data: Annotated[
        str, Field(description="Another folder of the same classes, asked once at the end")
    ] = ""
    network: NetworkName = catalog.DEFAULT
    layer: Layer = ""
    pooling: Pooling = ""
    weights: Weights = "imagenet"
    weights_seed: Annotated[int, Field(description="Seed of random weights")] = 0
    labelling: LabellingName = "folders"
    epochs: Annotated[
        int,
        Field(ge=1, le=10_000, description="How often all training photos are gone through"),
    ] = TrainSettings.model_fields["steps"].default
    fine_tune_layers: Annotated[
        int,
        Field(
            ge=0,
            le=200,
            description="Then so many of the network's last blocks learn too, guarded; 0 for none",
        ),
    ] = 0
    kind: Annotated[CliSuppress[Literal["train"]], Field(exclude=True)] = "train"
    extract: CliSuppress[str] = _NO_RUN
    test: CliSuppress[str] = ""
    steps: CliSuppress[int] = 1
    out: files.Out = ""

    def answer(self) -> Answer:
        """Look through the photos, compute their features, train, and write the head."""
        files.make_folder(self.out)
        given = self.model_fields_set - {*_OWN, "out", "epochs", "steps", "extract", "test"}
        values = {name: getattr(self, name) for name in given}
        values |= {"kind": "train", "extract": _NO_RUN, "steps": self.epochs}
        # What is wrong with the training is told before 25,000 photos are looked through.
        parsing.parse(values)
        parsing.parse({"kind": "extract", "scan": _NO_RUN, **self._asked()})
        tuning = {"kind": "finetune", "head": _NO_RUN, "blocks": self.fine_tune_layers}
        known = len(blocks.of(self.network, self.layer))
        if self.fine_tune_layers > known:
            raise UserError(
                f"{self.fine_tune_layers} blocks of {catalog.get(self.network).title}",
                f"0 to {known}",
                f"choose {known} to train all of it",
            )
        with follow.engine() as link:
            for name, data in (("extract", self.data), ("test", self.test_data)):
                if data:
                    run = self._extracted(link, data)
                    if run.state is not RunState.FINISHED:
                        return {"run_id": run.id, "state": str(run.state)}, STOPPED
                    values[name] = run.id
            run = _run(link, values)
            if self.fine_tune_layers and run.state is RunState.FINISHED:
                run = _run(link, {**tuning, "head": run.id})
            written = write_files(link, run, Path(self.out or f"transferlab-{run.id}"))
            answer = answer_of(link, run, written)
        return answer, STOPPED if run.state is RunState.STOPPED else 0

    def _asked(self) -> dict[str, Any]:
        names = ("network", "layer", "pooling", "weights")
        return {**{name: getattr(self, name) for name in names}, "seed": self.weights_seed}

    def _extracted(self, link: EngineLink, data: str) -> Run:
        """The extraction of a folder, looked through first; a scan if that was stopped."""
        scan: dict[str, Any] = {"kind": "scan", "data": absolute(data)}
        if "labelling" in self.model_fields_set:
            scan["labelling"] = self.labelling
        run = _run(link, scan)
        if link.store.artifact(run.id, LISTING) is None:
            return run
        return _run(link, {"kind": "extract", "scan": run.id, **self._asked()})


def _run(link: EngineLink, values: dict[str, Any]) -> Run:
    settings = parsing.parse(values)
    return follow.follow(link, link.submit(settings.model_dump(), owner=follow.OWNER))


def write_files(link: EngineLink, run: Run, out: Path) -> dict[str, str]:
    """Write head, evaluation, figures and recipe; names relative to ``out``."""
    contents = {
        "head": (trained.FILE, link.store.artifact(run.id, trained.FILE)),
        "evaluation": (evaluation.FILE, link.store.artifact(run.id, evaluation.FILE)),
        "metrics": ("metrics.csv", export.csv_bytes(link.store, run.id)),
        "recipe_file": ("recipe.json", export.recipe_bytes(link.store, run)),
    }
    out.mkdir(parents=True, exist_ok=True)
    written = {}
    for key, (name, content) in contents.items():
        if content is not None:
            (out / name).write_bytes(content)
            written[key] = name
    return written


def answer_of(link: EngineLink, run: Run, written: dict[str, str]) -> dict[str, Any]:
    """The stable keys of a training."""
    summary = dict(run.summary)
    content = link.store.artifact(run.id, evaluation.FILE)
    known = evaluation.from_bytes(content) if content is not None else None
    return {
        "run_id": run.id,
        "state": str(run.state),
        "classes": summary.get("classes", []),
        "network": summary.get("network"),
        **{name: summary.get(name) for name in _KEYS},
        "confusion": known.sides["validation"].confusion if known else None,
        "test_confusion": known.sides["test"].confusion
        if known and "test" in known.sides
        else None,
        **{name: summary[name] for name in _OF_SOME if name in summary},
        "name": trained.name_of(run.id) if "head" in written else None,
        "seconds": summary.get("seconds", round(run.seconds, 3)),
        "head": written.get("head"),
        "evaluation": written.get("evaluation"),
        "metrics": written.get("metrics"),
        "recipe_file": written.get("recipe_file"),
    }
