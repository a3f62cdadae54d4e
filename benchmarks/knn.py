"""How well do classes stand apart? Leave-one-out k-NN for each network, data set and weights.

Each photo's class is told by its five nearest others, by the cosine of their features. Nothing is
trained, so that the figure tells what the network brought along; the same with untrained weights
tells what of that is owed to pretraining. Networks are those whose weights are here; data sets
those that come installed and, where ``TRANSFERLAB_TESTBED`` names them, those of the test bed.
A line of JSON is printed for each as it comes.

Aim: EfficientNet-Lite0 tells at least 0.96 of cats and dogs.

    python -m benchmarks knn        # all photos
    python -m benchmarks knn 100    # at most so many of each data set
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tfcore import catalog
from tfcore.config import config
from tfcore.datasets import packaged, sources
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.listing import Listing
from tfcore.datasets.records import Photo
from tfcore.datasets.scanning import Scan
from tfcore.similarity.sampling import drawn

TESTBED_SETS = ("cats_dogs", "pets", "other_domain/brain_mri")
AIMED_AT = ("efficientnet-lite0", "cats_dogs", "imagenet")
AIM = 0.96
_ALL = 1_000_000


def measure(photos: int = _ALL, networks: str = "", sets: str = "") -> dict[str, Any]:
    """The whole table, or the part that is asked for.

    Args:
        photos: At most so many of each data set, drawn with the same share of each class.
        networks: Names separated by commas; empty for all whose weights are here.
        sets: Names separated by commas, such as ``cats_dogs``; empty for all.

    Returns:
        ``rows``, and whether the aim was reached where it was measured.
    """
    names = networks.split(",") if networks else [row.name for row in catalog.available()]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, root in roots(sets.split(",") if sets else []):
            found = scanned(root)
            kept = drawn([p.digest for p in found.photos], [p.label for p in found.photos], photos)
            part = [found.photos[row] for row in kept]
            for network in names:
                for weights in ("imagenet", "random"):
                    row = {"data": name, "network": network, "weights": weights}
                    row |= _row(network, weights, Path(folder), root, part)
                    print(json.dumps(row), flush=True)
                    rows.append(row)
    aimed = [
        row["accuracy"] for row in rows if (row["network"], row["data"], row["weights"]) == AIMED_AT
    ]
    return {"rows": rows, "aim": AIM, "reached": aimed[0] >= AIM if aimed else None}


def roots(wanted: list[str]) -> Iterator[tuple[str, Path]]:
    """Names and folders of data sets that are here; all of them if none is named."""
    for name in packaged.names():
        if not wanted or name in wanted:
            yield name, sources.lay_out(name, config()).root
    testbed = os.environ.get("TRANSFERLAB_TESTBED")
    for path in TESTBED_SETS if testbed else ():
        name = path.rpartition("/")[2]
        if not wanted or name in wanted:
            yield name, Path(str(testbed), path)


def scanned(root: Path) -> Listing:
    """What is in a folder."""
    scan = Scan(root, labelling=Labelling.FOLDERS)
    while not scan.finished:
        scan.step()
    return scan.listing()


def _row(
    network: str, weights: str, folder: Path, root: Path, photos: list[Photo]
) -> dict[str, Any]:
    from tfcore.features.extraction import extract
    from tfcore.features.planning import sources as files
    from tfcore.features.program import program_for
    from tfcore.similarity.stored import analyse_stored
    from tfcore.store.features import FeatureStore

    began = time.perf_counter()
    program = program_for(network, seed=None if weights == "imagenet" else 0)
    store = FeatureStore(folder)
    extract(store, program, files(root, photos))
    found = analyse_stored(store, program.space, photos)
    values = store.read(program.space, found.digests)
    return {
        "classes": len(found.classes),
        **found.summary,
        "chance": found.knn.chance,
        **found.spread,
        "dim": program.space.dim,
        "largest": round(float(values.max()), 4),
        "constant_features": round(float((values.std(axis=0) == 0).mean()), 4),
        "seconds": round(time.perf_counter() - began, 1),
    }
