"""How good is a head with the defaults of the page? Five-fold cross-validation on the test bed.

EfficientNet-Lite0's features; every photo is asked once, by a head that was taught with the other
folds. Folds follow from the photos' digests, each class evenly; the scan leaves exact copies out.
Of the four folds that teach, a share decides which epoch is kept, as in a run: 0.64 of the photos
are learned from. ``TRANSFERLAB_TESTBED`` names the test bed. A line of JSON is printed for each
data set as it comes.

Aims: at least 0.98 of cats and dogs; a balanced accuracy of at least 0.75 on pets.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import knn

AIMS = {"cats_dogs": ("accuracy", 0.98), "pets": ("balanced_accuracy", 0.75)}
FOLDS = 5
_SETS = ("cats_dogs", "pets", "brain_mri")
_NETWORK = "efficientnet-lite0"
_TOLD = (
    "n",
    "accuracy",
    "ci_low",
    "ci_high",
    "balanced_accuracy",
    "macro_f1",
    "top3",
    "log_loss",
    "ece",
)


def measure(folds: int = FOLDS, sets: str = ",".join(_SETS), **settings: Any) -> dict[str, Any]:
    """Figures of each data set, and whether its aim was reached.

    Args:
        folds: Parts, each asked once.
        sets: Names separated by commas.
        settings: Of ``TrainSettings``, instead of the defaults.
    """
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, root in knn.roots(sets.split(",")):
            rows[name] = _row(name, root, Path(folder), folds, settings)
            print(json.dumps({"data": name, **rows[name]}), flush=True)
    reached = {name: rows[name][key] >= aim for name, (key, aim) in AIMS.items() if name in rows}
    return {"rows": rows, "aims": {k: list(v) for k, v in AIMS.items()}, "reached": reached}


def _row(
    name: str, root: Path, folder: Path, folds: int, settings: dict[str, Any]
) -> dict[str, Any]:
    from tfcore.features.extraction import extract
    from tfcore.features.planning import sources as files
    from tfcore.features.program import program_for
    from tfcore.heads.crossvalidation import crossvalidated
    from tfcore.heads.material import load
    from tfcore.settings import TrainSettings
    from tfcore.store.features import FeatureStore

    found, store, program = knn.scanned(root), FeatureStore(folder), program_for(_NETWORK)
    extract(store, program, files(root, found.photos))
    began = time.perf_counter()
    material = load(store, program.space, found, name)
    side = crossvalidated(TrainSettings(extract="0" * 12, **settings), material, folds)
    told = side.model_dump(include=set(_TOLD))
    animals = side.collapsed
    return {
        "classes": len(material.classes),
        **{key: told[key] for key in _TOLD},
        "cat_or_dog": [animals.accuracy, animals.ci_low, animals.ci_high] if animals else None,
        "seconds": round(time.perf_counter() - began, 1),
    }
