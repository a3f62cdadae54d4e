"""The verb ``extract``: the features of every photo of a data set, kept and handed out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, Field

from tfcore import catalog, parsing
from tfcore.cli import files, follow
from tfcore.cli.answers import STOPPED, Answer
from tfcore.cli.scan import absolute
from tfcore.config import config
from tfcore.datasets import listing
from tfcore.datasets.listing import Listing
from tfcore.datasets.procedure import LISTING
from tfcore.engine.link import EngineLink
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.store.features import FeatureStore
from tfcore.store.records import Run
from tfcore.store.space import Space

_FILE = "features.parquet"


# What "extract" and every verb that extracts first are asked alike.
Data = Annotated[
    str,
    Field(
        description="Folder with one sub-folder a class; or textures, digits, faces; or "
        "cats-vs-dogs, oxford-pets, which are downloaded (800 MB each)"
    ),
]
NetworkName = Annotated[str, Field(description="A network of the catalog")]
Layer = Annotated[str, Field(description="A layer's name; empty for what the last layer reads")]
Pooling = Annotated[
    Literal["", "mean", "flat"], Field(description="How a layer's maps become one row")
]
Weights = Annotated[
    Literal["imagenet", "random"],
    Field(description="imagenet: pretrained; random: as before any training"),
]
LabellingName = Annotated[
    Literal["folders", "breeds", "cat-or-dog"],
    Field(description="How a photo's class is told; by itself folders, of oxford-pets breeds"),
]


class Extract(BaseModel):
    """Compute the features of a data set with a network; what is known already is not computed."""

    data: Data
    network: NetworkName = catalog.DEFAULT
    layer: Layer = ""
    pooling: Pooling = ""
    weights: Weights = "imagenet"
    seed: Annotated[int, Field(description="Seed of random weights")] = 0
    precision: Annotated[
        Literal["float32", "bfloat16"],
        Field(description="bfloat16 is measured first, and refused unless it is faster here"),
    ] = "float32"
    labelling: LabellingName = "folders"
    out: files.Out = ""

    def answer(self) -> Answer:
        """Look through the data set, compute what is missing, write the features."""
        files.make_folder(self.out)
        names = ("network", "layer", "pooling", "weights", "seed", "precision")
        asked = {name: getattr(self, name) for name in names}
        # What is wrong with the network is told before 25,000 photos are looked through.
        parsing.parse({"kind": "extract", "scan": "0" * 12, **asked})
        data = {"kind": "scan", "data": absolute(self.data)}
        if "labelling" in self.model_fields_set:
            data["labelling"] = self.labelling  # else the data set's own way
        parsing.parse(data)
        with follow.engine() as link:
            scan = _run(link, data)
            content = link.store.artifact(scan.id, LISTING)
            if content is None:
                return {"run_id": scan.id, "state": str(scan.state)}, STOPPED
            run = _run(link, {"kind": "extract", "scan": scan.id, **asked})
        found = listing.from_bytes(content)
        written = None
        if run.state is RunState.FINISHED:
            out = Path(self.out or f"transferlab-{run.id}")
            out.mkdir(parents=True, exist_ok=True)
            _write(run, found, out / _FILE)
            written = _FILE
        status = STOPPED if run.state is RunState.STOPPED else 0
        return extract_answer(run, found, written), status


def _run(link: EngineLink, values: dict[str, Any]) -> Run:
    settings = parsing.parse(values)
    return follow.follow(link, link.submit(settings.model_dump(), owner=follow.OWNER))


def _write(run: Run, found: Listing, place: Path) -> None:
    """Files, classes, digests and features, in the order of the listing."""
    store, space = FeatureStore(config().features_root), Space(**run.summary["space"])
    gone = {one["digest"] for one in run.summary["set_aside"]}
    photos = [photo for photo in found.photos if photo.digest not in gone]
    values = store.read(space, [photo.digest for photo in photos])
    rows = pa.FixedSizeListArray.from_arrays(
        pa.array(np.ascontiguousarray(values).reshape(-1)), values.shape[1]
    )
    columns = {
        "file": [photo.shown for photo in photos],
        "label": [photo.label for photo in photos],
        "digest": [photo.digest for photo in photos],
        "features": rows,
    }
    try:
        pq.write_table(pa.table(columns), place)
    except OSError as error:
        raise UserError(
            f'"{place}" ({error.strerror or "unwritable"})',
            "a file to write",
            "choose another --out",
        ) from error


def extract_answer(run: Run, found: Listing, written: str | None) -> dict[str, Any]:
    """The stable keys of an extraction."""
    summary = dict(run.summary)
    return {
        "run_id": run.id,
        "state": str(run.state),
        "images": summary.get("images", 0),
        "classes": dict(found.report.classes),
        "quarantined": [
            *({"file": one.shown, "reason": str(one.reason)} for one in found.quarantined),
            *({k: one[k] for k in ("file", "reason")} for one in summary.get("set_aside", [])),
        ],
        "dim": summary.get("dim"),
        "network": run.settings["network"],
        "layer": run.settings["layer"],
        "pooling": run.settings["pooling"],
        "weights": run.settings["weights"],
        "precision": run.settings["precision"],
        "probe": summary.get("probe") or None,
        "separability": summary.get("separability"),
        "features": written,
        "images_per_second": summary.get("images_per_second"),
        "cache_hits": summary.get("cache_hits", 0),
        "forward_passes": summary.get("forward_passes", 0),
        "seconds": round(run.seconds, 3),
    }
